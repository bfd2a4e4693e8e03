import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import org.codehaus.mojo.animal_sniffer.SignatureChecker;
import org.codehaus.mojo.animal_sniffer.logging.PrintWriterLogger;

/** {@code Api24 SIGNATURES JAR PACKAGE...}: names each use of what the signatures lack, but for the given packages. */
public class Api24 {
    public static void main(String[] arguments) throws Exception {
        HashSet<String> known = new HashSet<>(Arrays.asList(arguments).subList(2, arguments.length));
        try (InputStream signatures = new FileInputStream(arguments[0])) {
            // One line on the standard output for each use.
            SignatureChecker checker = new SignatureChecker(signatures, known, new PrintWriterLogger(System.out));
            checker.setSourcePath(new ArrayList<>());
            checker.process(new File(arguments[1]));
            System.exit(checker.isSignatureBroken() ? 1 : 0);
        }
    }
}
