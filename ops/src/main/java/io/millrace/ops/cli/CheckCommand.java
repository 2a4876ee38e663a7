package io.millrace.ops.cli;

import io.millrace.catalog.Problem;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.rest.Json;
import io.millrace.routes.check.RouteCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Checks catalogs, source routes and a configuration before they run: file:line:column,",
      "what is wrong, what to write instead. Without options: the routes in routes/sources.",
      "Exits with 1 when there is an error; a warning is none."
    })
public final class CheckCommand implements Callable<Integer> {
  private static final String ROUTE = ".camel.yaml";

  @Spec private CommandSpec spec;

  @Option(
      names = "--catalog",
      paramLabel = "FILE|DIR",
      description = "a catalog, or all of a folder")
  private @Nullable Path catalog;

  @Option(names = "--routes", paramLabel = "DIR", description = "a folder of source routes")
  private @Nullable Path routes;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "a node's configuration, with the catalog and routes that it names")
  private @Nullable Path config;

  @Option(names = "--json", description = "prints JSON, refusals too")
  private boolean json;

  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final List<Path> checked = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (config != null) {
      NodeConfig node = Checks.config(config);
      checked.add(config);
      catalogs(node.catalog());
      routes(node.routes());
    }
    if (catalog != null) {
      catalogs(catalog);
    }
    if (routes != null) {
      routes(routes);
    }
    if (config == null && catalog == null && routes == null) {
      routes(Path.of(System.getProperty("millrace.home", "."), "routes", "sources").normalize());
    }
    print(spec.commandLine().getOut());
    return errors.isEmpty() ? 0 : Refusal.Kind.REFUSED.exitCode();
  }

  private void catalogs(Path at) throws Refusal {
    List<Path> files = Files.isDirectory(at) ? yamlFiles(at) : List.of(at);
    for (Path file : files) {
      CatalogCheck check = new CatalogCheck(file);
      checked.addAll(check.checked);
      errors.addAll(check.errors);
      warnings.addAll(check.warnings);
    }
  }

  private static List<Path> yamlFiles(Path folder) throws Refusal {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(".yaml"))
          .filter(f -> !CatalogCheck.isTest(f))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "catalog-unreadable",
          "the folder " + folder + " can't be read",
          "check that it is there and readable");
    }
  }

  private void routes(Path folder) throws Refusal {
    for (Path file : Checks.routeFiles(folder)) {
      checked.add(file);
      errors.addAll(RouteCheck.file(file.toString(), Checks.read(file, "route")).errors());
      String name = file.getFileName().toString().replace(ROUTE, ".test.yaml");
      if (!Files.exists(file.resolveSibling(name))) {
        warnings.add(
            new Problem(
                file.toString(), 1, 1, "no-test", "the route has no test", "Write " + name));
      }
    }
  }

  private void print(PrintWriter out) {
    if (json) {
      out.print(
          new String(
              Json.write(
                  Json.object(
                      "checked", checked,
                      "errors", errors.stream().map(CheckCommand::tree).toList(),
                      "warnings", warnings.stream().map(CheckCommand::tree).toList())),
              StandardCharsets.UTF_8));
    } else {
      errors.forEach(out::println);
      warnings.forEach(w -> out.println(w + " (warning)"));
      out.printf(
          "%d files checked: %d errors, %d warnings%n",
          checked.size(), errors.size(), warnings.size());
    }
    out.flush();
  }

  private static Map<String, Object> tree(Problem p) {
    return Json.object(
        "file", p.file(),
        "line", p.line(),
        "column", p.column(),
        "code", p.code(),
        "message", p.message(),
        "fix", p.fix());
  }
}
