package io.millrace.ops.cli;

import io.millrace.catalog.CatalogSchema;
import io.millrace.catalog.Problem;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.rest.Json;
import io.millrace.routes.check.Rehearsal;
import io.millrace.routes.check.RouteCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Checks routes with their tests, catalogs and a configuration before they run.",
      "Each fault is file:line:column, what is wrong, and what to write instead. A route's test",
      "lies beside it as NAME.test.yaml: payloads in, usage or suspense out; it is run here.",
      "Without options: all routes below routes. Exits with 1 when there is an error; a warning",
      "is none."
    })
public final class CheckCommand implements Callable<Integer> {
  private static final String ROUTE = ".camel.yaml";

  /** Folders of the source tree that hold no routes of integrators. */
  private static final Set<String> NOT_ROUTES = Set.of("src", "target");

  @Spec private CommandSpec spec;

  @Option(
      names = "--catalog",
      paramLabel = "FILE|DIR",
      description = "a catalog, or all of a folder")
  private @Nullable Path catalog;

  @Parameters(
      paramLabel = "ROUTES",
      arity = "0..*",
      description = "source routes, or folders with them, at any depth")
  private List<Path> routes = new ArrayList<>();

  @Option(names = "--routes", paramLabel = "DIR", description = "the same, as an option")
  private @Nullable Path alsoRoutes;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "a node's configuration, with the catalog and routes that it names")
  private @Nullable Path config;

  @Option(
      names = "--schema",
      description = "prints the JSON Schema of a catalog, for editors, and checks nothing")
  private boolean schema;

  @Option(names = "--json", description = "prints JSON, refusals too")
  private boolean json;

  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final List<Path> checked = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (schema) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(new String(Json.write(CatalogSchema.tree()), StandardCharsets.UTF_8));
      out.flush();
      return 0;
    }
    if (config != null) {
      NodeConfig node = Checks.config(config);
      checked.add(config);
      catalogs(node.catalog());
      if (node.nchf().isPresent() && errors.isEmpty()) {
        byte[] text = Checks.read(node.catalog(), "catalog");
        Checks.ratingGroups(config, node, Checks.catalog(node.catalog(), text));
      }
      routes(node.routes());
    }
    if (catalog != null) {
      catalogs(catalog);
    }
    if (alsoRoutes != null) {
      routes.add(alsoRoutes);
    }
    if (config == null && catalog == null && routes.isEmpty()) {
      routes.add(Path.of(System.getProperty("millrace.home", "."), "routes").normalize());
    }
    for (Path each : routes) {
      routes(each);
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

  /** A route that keeps the rules is tried; one that does not would only fail once more. */
  private void routes(Path at) throws Refusal {
    for (Path file : routeFiles(at)) {
      checked.add(file);
      List<Problem> found = RouteCheck.file(file.toString(), Checks.read(file, "route")).errors();
      for (Problem each : found.isEmpty() ? rehearsed(file) : found) {
        errors.add(each);
      }
    }
  }

  private static List<Problem> rehearsed(Path route) throws Refusal {
    try {
      return Rehearsal.of(route);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "test-unreadable",
          "the test of " + route + " can't be read: " + e.getMessage(),
          "check that it is readable");
    }
  }

  private static List<Path> routeFiles(Path at) throws Refusal {
    if (Files.isRegularFile(at)) {
      return List.of(at);
    }
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          at,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes as) {
              Path name = folder.getFileName();
              return !folder.equals(at) && name != null && NOT_ROUTES.contains(name.toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes as) {
              if (file.toString().endsWith(ROUTE)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "routes-unreadable",
          "the routes " + at + " can't be read",
          "name a *.camel.yaml file, or a folder with some");
    }
    found.sort(Comparator.naturalOrder());
    return found;
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
