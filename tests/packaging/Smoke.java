import java.nio.ByteBuffer;
import vn.lachan.ffi.LachanKt;
import vn.lachan.internal.Native;

/** Runs against the classes of the published AAR alone, with the library of this machine behind them. */
public class Smoke {
    public static void main(String[] arguments) {
        System.load(System.getProperty("lachan.library"));
        System.setProperty("uniffi.component.lachan.libraryOverride", System.getProperty("lachan.library"));
        System.out.println("jni " + Native.version());
        System.out.println("uniffi " + LachanKt.maxPictureBytes());
    }
}
