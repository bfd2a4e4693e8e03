package androidx.test.runner.lifecycle;

/** The one ActivityLifecycleMonitor of a test. */
public final class ActivityLifecycleMonitorRegistry {
    private static volatile ActivityLifecycleMonitor instance;

    private ActivityLifecycleMonitorRegistry() {
    }

    public static void registerInstance(ActivityLifecycleMonitor registered) {
        instance = registered;
    }

    public static ActivityLifecycleMonitor getInstance() {
        return instance;
    }
}
