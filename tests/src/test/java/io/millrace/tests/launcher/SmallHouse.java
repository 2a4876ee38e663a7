package io.millrace.tests.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A copy of the launcher in a tree like ours, in a folder with a space in its name. Its {@code
 * java} prints its arguments; its {@code mvn} counts the builds and leaves what a build leaves.
 */
final class SmallHouse {
  private static final List<String> TOOLS =
      List.of(
          "sh",
          "sed",
          "find",
          "head",
          "tail",
          "dirname",
          "readlink",
          "mkdir",
          "touch",
          "cat",
          "rm",
          "sleep");
  private static final int SECONDS = 30;

  /** What a start printed, both streams together, and its exit code. */
  record Outcome(int exit, String output) {}

  final Path home;
  final Path bin;
  private final Path folder;

  SmallHouse(Path launcher, Path folder) throws IOException {
    this.folder = folder;
    home = folder.resolve("a house");
    bin = Files.createDirectories(folder.resolve("bin"));
    for (String module : List.of("catalog", "processors", "connectors", "routes", "ops")) {
      Path sources = Files.createDirectories(home.resolve(module).resolve("src/main/java"));
      old(Files.writeString(sources.resolve("A.java"), "class A {}\n"));
      old(Files.writeString(home.resolve(module).resolve("pom.xml"), "<project/>\n"));
      for (Path at = sources; !at.equals(home); at = at.getParent()) {
        old(at);
      }
    }
    old(Files.writeString(home.resolve("pom.xml"), "<project/>\n"));
    Files.writeString(home.resolve("ops/jvm.options"), "-ea\n");
    Files.copy(launcher, home.resolve("millrace"));
    for (String tool : TOOLS) {
      script(bin.resolve(tool), "exec " + onPath(tool) + " \"$@\"");
    }
  }

  /** A JDK that says it is of this version; its java prints its arguments, one in brackets each. */
  Path jdk(String version) throws IOException {
    Path jdk = folder.resolve("jdk " + version);
    script(jdk.resolve("bin/java"), "printf '[%s]' \"$@\"; exit 7");
    script(jdk.resolve("bin/javac"), "exit 0");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  void maven(String ending) throws IOException {
    script(
        bin.resolve("mvn"),
        "echo build >> builds; mkdir -p ops/target/app; touch ops/target/app/millrace.jar; "
            + ending);
  }

  int builds() throws IOException {
    Path builds = home.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  Outcome start(Path command, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
    Path output = Files.createTempFile(folder, "start", ".txt");
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", bin.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the launcher did not end within " + SECONDS + " s");
    }
    return new Outcome(process.exitValue(), Files.readString(output));
  }

  /** Makes a file older than any build. */
  private static void old(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(1_000_000)));
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, ("#!/bin/sh\n" + body + "\n").getBytes(StandardCharsets.UTF_8));
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("can't make " + file + " executable");
    }
  }

  private static Path onPath(String tool) throws IOException {
    for (String place : List.of("/bin", "/usr/bin")) {
      Path file = Path.of(place, tool);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IOException(tool + " is in neither /bin nor /usr/bin");
  }
}
