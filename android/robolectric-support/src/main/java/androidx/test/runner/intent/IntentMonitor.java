package androidx.test.runner.intent;

/** Nothing is asked of it. */
public interface IntentMonitor {
}
