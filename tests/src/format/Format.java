import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Checks or mends the format of every Java file below the working directory, in one JVM.
 *
 * <p>Run by the root pom as a source file: {@code mvn verify} checks, {@code mvn -Pformat validate}
 * mends. Exit code 0: all well; 1: files that need formatting, or that do not parse.
 */
class Format {
  private static final Set<String> SKIPPED = Set.of("target", "data", "node_modules");

  public static void main(String[] args) throws Exception {
    boolean mend = args.length == 1 && args[0].equals("mend");
    List<String> files = javaFiles(Path.of(""));
    String[] mode =
        mend ? new String[] {"--replace"} : new String[] {"--dry-run", "--set-exit-if-changed"};
    StringWriter found = new StringWriter();
    int exit =
        new Main(
                new PrintWriter(found, true),
                new PrintWriter(System.err, true),
                InputStream.nullInputStream())
            .format(Stream.concat(Stream.of(mode), files.stream()).toArray(String[]::new));
    if (exit != 0 && !mend) {
      System.err.println("These Java files are not in google-java-format's style:");
      found.toString().lines().sorted().forEach(file -> System.err.println("  " + file));
      System.err.println("To mend them all, run: mvn -Pformat validate");
    }
    System.exit(exit);
  }

  private static List<String> javaFiles(Path root) throws IOException {
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean skip = SKIPPED.contains(name) || name.length() > 1 && name.startsWith(".");
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
