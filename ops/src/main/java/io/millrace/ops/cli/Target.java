package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.node.NodeFile;
import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which node or database a command asks, and how it prints. */
final class Target {
  private static final String DEFAULT_URL = "http://127.0.0.1:8080";
  private static final String POSTGRES = "postgres";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "a running node; else the one of --data, else " + DEFAULT_URL)
  private @Nullable String url;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "a node's configuration: asks its database where no node runs")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "a data folder: its node, else the database in it (data)")
  private @Nullable Path data;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "whose books, where no node is asked; the newest where absent")
  private @Nullable String tenant;

  @Option(names = "--json", description = "prints JSON, refusals too")
  private boolean json;

  /** The desk to ask: a running node if there is one. */
  Desk desk() throws Refusal {
    return desk(Optional.empty());
  }

  /**
   * The desk to ask.
   *
   * @param tenantId whose books, where no node is asked and no tenant is named
   */
  Desk desk(Optional<Integer> tenantId) throws Refusal {
    WhoseBooks whose = new WhoseBooks(tenant, tenantId);
    if (url != null) {
      return new RestDesk(url);
    }
    Optional<String> running = NodeFile.in(data()).url();
    // A killed node leaves its file behind, and another process may have its number by now.
    if (running.isPresent() && answers(running.get())) {
      return new RestDesk(running.get());
    }
    if (config != null) {
      NodeConfig node = Checks.config(config);
      String at = "http://" + node.host() + ":" + node.port();
      return node.port() != 0 && answers(at)
          ? new RestDesk(at)
          : DatabaseDesk.of(
              node.database(), new WhoseBooks(tenant == null ? node.tenant() : tenant, tenantId));
    }
    if (!answers(DEFAULT_URL) && Files.isDirectory(data().resolve(POSTGRES))) {
      return DatabaseDesk.in(data().resolve(POSTGRES), whose);
    }
    return new RestDesk(DEFAULT_URL);
  }

  private static boolean answers(String at) {
    try (Desk desk = new RestDesk(at)) {
      desk.ask("/health/live", "", null);
      return true;
    } catch (Refusal e) {
      return false;
    }
  }

  private Path data() {
    return data == null ? defaultData() : data;
  }

  /** Where demo and node leave word, and commands look, where nothing is said. */
  static Path defaultData() {
    return Path.of(System.getProperty("millrace.home", "."), "data").normalize();
  }

  /** Prints the tree where JSON was asked for. Returns whether it did. */
  boolean printed(PrintWriter out, Map<String, Object> tree) {
    if (json) {
      out.print(new String(Json.write(tree), StandardCharsets.UTF_8));
      out.flush();
    }
    return json;
  }
}
