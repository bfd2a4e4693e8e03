package androidx.test.runner.lifecycle;

/** Where an activity is in its life, in the order in which Robolectric compares them. */
public enum Stage {
    PRE_ON_CREATE, CREATED, STARTED, RESUMED, PAUSED, STOPPED, RESTARTED, DESTROYED
}
