import android.content.ComponentCallbacks;
import android.content.Context;
import android.content.ContextWrapper;
import android.content.pm.ApplicationInfo;
import java.io.File;
import vn.lachan.AgeBand;
import vn.lachan.Direction;
import vn.lachan.LaChan;
import vn.lachan.LaChanAsync;
import vn.lachan.Message;
import vn.lachan.ModelSource;
import vn.lachan.PeerTrust;

/**
 * A small app: it knows the published AAR and the platform's classes, has the library of this machine behind it, and checks
 * the pictures and messages that it is given: {@code Smoke PRIVATE_FOLDER MODELS (FILE | :MESSAGE)...}.
 */
public class Smoke {
    public static void main(String[] arguments) throws Exception {
        LaChan shield = LaChanAsync.open(new App(new File(arguments[0])), configuration -> {
            configuration.setAgeBand(AgeBand.Under13);
            configuration.setModels(new ModelSource.Folder(new File(arguments[1])));
            configuration.setTestMode(true);
            configuration.setLogger((level, line) -> System.out.println("log " + line));
        }).get();
        System.out.println("models " + shield.getModels().getValue());
        for (int i = 2; i < arguments.length; i++) {
            String given = arguments[i];
            if (given.startsWith(":")) {
                Message message = Message.incoming(given.substring(1), 0);
                System.out.println("message " + LaChanAsync.checkMessage(shield.conversation("a", PeerTrust.Unknown), message).get());
            } else {
                System.out.println("picture " + LaChanAsync.checkFile(shield, new File(given), Direction.Incoming).get());
            }
        }
        shield.onTrimMemory(80);
        // The models are freed in the background, and the library says so through its callback.
        Thread.sleep(500);
        shield.close();
        System.exit(0);
    }

    /** As much of an app as the SDK asks for. */
    static class App extends ContextWrapper {
        private final File folder;

        App(File folder) {
            super(null);
            this.folder = folder;
        }

        @Override public Context getApplicationContext() {
            return this;
        }

        @Override public File getNoBackupFilesDir() {
            return folder;
        }

        /** Its constructor asks the system for the time, and there is no system: made without it. */
        @Override public ApplicationInfo getApplicationInfo() {
            try {
                Class<?> type = Class.forName("sun.misc.Unsafe");
                java.lang.reflect.Field field = type.getDeclaredField("theUnsafe");
                field.setAccessible(true);
                return (ApplicationInfo) type.getMethod("allocateInstance", Class.class).invoke(field.get(null), ApplicationInfo.class);
            } catch (ReflectiveOperationException failure) {
                throw new AssertionError(failure);
            }
        }

        @Override public void registerComponentCallbacks(ComponentCallbacks callback) {
        }

        @Override public void unregisterComponentCallbacks(ComponentCallbacks callback) {
        }
    }
}
