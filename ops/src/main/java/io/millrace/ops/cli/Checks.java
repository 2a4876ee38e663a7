package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.catalog.Problem;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.node.NodeConfigFile;
import io.millrace.ops.node.Routes;
import io.millrace.routes.check.RouteCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is looked at before anything starts; {@code check} and {@code run} look at the same. */
final class Checks {
  private Checks() {}

  static NodeConfig config(Path file) throws Refusal {
    try {
      return NodeConfigFile.read(file);
    } catch (NodeConfigFile.ConfigRefused e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "config-refused",
          String.valueOf(e.getMessage()),
          "mend the configuration and start again");
    }
  }

  static byte[] read(Path file, String what) throws Refusal {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          what + "-unreadable",
          "the " + what + " file " + file + " can't be read",
          "check that it is there and readable");
    }
  }

  static Catalog catalog(Path file, byte[] text) throws Refusal {
    return switch (CatalogFile.read(file.toString(), text)) {
      case CatalogFile.Result.Accepted accepted -> accepted.catalog();
      case CatalogFile.Result.Rejected rejected ->
          throw refused("catalog-refused", rejected.problems());
    };
  }

  /** Refuses where a rating group could never be rated by a catalog. */
  static void ratingGroups(Path config, NodeConfig node, Catalog catalog) throws Refusal {
    List<Long> misfits = node.nchf().map(n -> n.misfits(catalog)).orElse(List.of());
    if (!misfits.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "config-refused",
          config
              + ": `nchf.rating-groups` "
              + misfits
              + ": the catalog "
              + node.catalog()
              + " has no meter of that name that sums up whole bytes, seconds or units",
          "name a meter of a unit of data or time, with a scale that is fine enough");
    }
  }

  /** Refuses where a source route has a fault; warnings are for {@code check}. */
  static void routes(Path folder) throws Refusal {
    List<Problem> problems = new ArrayList<>();
    for (Path file : routeFiles(folder)) {
      problems.addAll(RouteCheck.file(file.toString(), read(file, "route")).errors());
    }
    if (!problems.isEmpty()) {
      throw refused("routes-refused", problems);
    }
  }

  static List<Path> routeFiles(Path folder) throws Refusal {
    try {
      return Routes.sourceFiles(folder);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "routes-unreadable",
          "the folder of routes " + folder + " can't be read",
          "name a folder with *.camel.yaml files");
    }
  }

  /** Asked before anything starts: a port that is taken is the commonest of all faults. */
  static void portIsFree(String host, int port, String next) throws Refusal {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (UnknownHostException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "unknown-host",
          "this machine can't find the address of `" + host + "`",
          "name one of this machine's own addresses, such as 127.0.0.1");
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE,
          "port-taken",
          "can't listen on " + host + " port " + port + ": " + e.getMessage(),
          next);
    }
  }

  static Refusal refused(String code, List<Problem> problems) {
    return new Refusal(
        Refusal.Kind.REFUSED,
        code,
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n")),
        "`./millrace check` looks at the same");
  }
}
