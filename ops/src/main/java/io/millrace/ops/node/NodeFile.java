package io.millrace.ops.node;

import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A small file in the data folder that says where the node that runs there answers. */
public final class NodeFile {
  private static final String NAME = "node.json";
  private static final int MOST_BYTES = 4_096;

  private final Path file;

  private NodeFile(Path file) {
    this.file = file;
  }

  /** That of a data folder. */
  public static NodeFile in(Path data) {
    return new NodeFile(data.resolve(NAME));
  }

  /** Says where the node answers. */
  public void write(String url) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "node", ".json");
    Files.write(fresh, Json.write(Json.object("url", url, "pid", ProcessHandle.current().pid())));
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Where a node answers, if the process that wrote the file still runs. */
  public Optional<String> url() {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
        return Optional.empty();
      }
      var said = Json.readObject(Files.readAllBytes(file));
      boolean runs =
          said.get("pid") instanceof Long pid
              && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
      return runs && said.get("url") instanceof String url ? Optional.of(url) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Takes the file away. */
  public void remove() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It names a process that has ended: nobody believes it.
    }
  }
}
