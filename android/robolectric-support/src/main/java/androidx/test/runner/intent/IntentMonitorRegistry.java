package androidx.test.runner.intent;

/** The one IntentMonitor of a test. */
public final class IntentMonitorRegistry {
    private static volatile IntentMonitor instance;

    private IntentMonitorRegistry() {
    }

    public static void registerInstance(IntentMonitor registered) {
        instance = registered;
    }

    public static IntentMonitor getInstance() {
        return instance;
    }
}
