import vn.lachan.ffi.LachanKt;
import vn.lachan.internal.Log;
import vn.lachan.internal.Native;
import vn.lachan.internal.NativeLibrary;

/** Runs against the classes of the published AAR alone, with the library of this machine behind them. */
public class Smoke {
    public static void main(String[] arguments) {
        // Loads as an app does, and compares the versions of both sides.
        String problem = NativeLibrary.INSTANCE.load(new Log(null));
        if (problem != null) {
            throw new AssertionError(problem);
        }
        System.out.println("jni " + Native.version());
        System.out.println("uniffi " + LachanKt.maxPictureBytes());
    }
}
