package androidx.test.runner.intent;

/** The one IntentStubber of a test. */
public final class IntentStubberRegistry {
    private static volatile IntentStubber instance;

    private IntentStubberRegistry() {
    }

    public static void registerInstance(IntentStubber registered) {
        instance = registered;
    }

    public static IntentStubber getInstance() {
        return instance;
    }

    public static boolean isLoaded() {
        return instance != null;
    }
}
