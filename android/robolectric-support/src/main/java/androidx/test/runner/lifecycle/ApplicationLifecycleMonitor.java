package androidx.test.runner.lifecycle;

/** Nothing is asked of it. */
public interface ApplicationLifecycleMonitor {
}
