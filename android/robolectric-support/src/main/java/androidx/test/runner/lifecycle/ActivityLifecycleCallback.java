package androidx.test.runner.lifecycle;

import android.app.Activity;

/** Told of each change. */
public interface ActivityLifecycleCallback {
    void onActivityLifecycleChanged(Activity activity, Stage stage);
}
