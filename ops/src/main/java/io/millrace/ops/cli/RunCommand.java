package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.connectors.tenant.DeviceFile;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.CrashSwitch;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.node.NodeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until it is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a node against the database and the brokers that its configuration names.")
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "the node's configuration; ops/examples/node.yaml is one to begin with")
  private Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where the node says where it answers, for other commands (data)")
  private Path data = Target.defaultData();

  @Override
  public Integer call() throws Exception {
    long begun = System.nanoTime();
    NodeConfig node = Checks.config(config);
    Checks.routes(node.routes());
    byte[] text = Checks.read(node.catalog(), "catalog");
    Catalog catalog = Checks.catalog(node.catalog(), text);
    Checks.ratingGroups(config, node, catalog);
    Checks.portIsFree(
        node.host(),
        node.port(),
        "end what listens there, or set `http: {port: ...}` in " + config);
    NodeFile file = NodeFile.in(data);
    try (Node engine = start(node, text, catalog)) {
      // Before the first source: what waits at a broker for a new device is not to be suspended.
      importDevices(engine, node);
      try (CamelNode running = CamelNode.start(engine)) {
        file.write(running.url());
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
            Locale.ROOT,
            "millrace: %s is ready at %s after %.1f s: %d devices, %d shards%n",
            node.node(),
            running.url(),
            (System.nanoTime() - begun) / 1e9,
            engine.devices(),
            engine.tenant().shards());
        out.flush();
        running.awaitStop();
      }
    } finally {
      file.remove();
    }
    return 0;
  }

  private static Node start(NodeConfig node, byte[] text, Catalog catalog) throws Exception {
    try {
      return Node.start(node, text, catalog, NodeClock.machine(), CrashSwitch.ofProcess());
    } catch (IllegalStateException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "other-catalog",
          String.valueOf(e.getMessage()),
          "a new catalog version can't be activated yet");
    }
  }

  private static void importDevices(Node engine, NodeConfig node) throws Exception {
    Path devices = node.devices().orElse(null);
    if (devices == null) {
      return;
    }
    try {
      engine.importDevices(DeviceFile.read(devices), done -> {});
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "devices-unreadable",
          "the device file " + devices + " can't be read",
          "check `devices` in the configuration");
    } catch (DeviceFile.DeviceFileRefused | IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED, "devices-refused", String.valueOf(e.getMessage()), "mend the file");
    }
  }
}
