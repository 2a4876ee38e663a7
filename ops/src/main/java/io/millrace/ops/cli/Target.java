package io.millrace.ops.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which node or data folder a command is about, and how it prints. */
final class Target {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A running node; else the one in the data folder, else http://127.0.0.1:8080.")
  private @Nullable String url;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder of the node; ./data where absent.")
  private @Nullable Path data;

  @Option(names = "--json", description = "Prints JSON, also for refusals.")
  private boolean json;

  @Nullable String url() {
    return url;
  }

  Path data() {
    if (data != null) {
      return data;
    }
    String home = System.getProperty("millrace.home", ".");
    return Path.of(home, "data").normalize();
  }

  boolean hasData() {
    return data != null;
  }

  boolean json() {
    return json;
  }
}
