package io.millrace.ops.cli;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a use says, as its event would. */
final class Said {
  @Option(
      names = "--attribute",
      paramLabel = "NAME=VALUE",
      description = "what the data of its event says; again for more")
  private @Nullable TreeMap<String, String> attributes;

  /** By name; null where nothing is said. */
  @Nullable TreeMap<String, String> attributes() {
    return attributes;
  }
}
