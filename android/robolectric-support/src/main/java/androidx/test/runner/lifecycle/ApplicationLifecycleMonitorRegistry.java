package androidx.test.runner.lifecycle;

/** The one ApplicationLifecycleMonitor of a test. */
public final class ApplicationLifecycleMonitorRegistry {
    private static volatile ApplicationLifecycleMonitor instance;

    private ApplicationLifecycleMonitorRegistry() {
    }

    public static void registerInstance(ApplicationLifecycleMonitor registered) {
        instance = registered;
    }

    public static ApplicationLifecycleMonitor getInstance() {
        return instance;
    }
}
