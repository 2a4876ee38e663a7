package io.millrace.routes.check;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.catalog.Problem;
import io.millrace.connectors.http.HttpSourceComponent;
import io.millrace.connectors.mediation.DryMediation;
import io.millrace.connectors.mediation.DryMediation.Outcome;
import io.millrace.connectors.mediation.UsageComponent;
import io.millrace.routes.check.RouteTest.Case;
import io.millrace.routes.check.RouteTest.Expected;
import io.millrace.routes.check.RouteTest.Place;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Runs a route on the payloads of its test, with the Kamelets, steps and mediation that a node has;
 * only where it begins, a stand-in connects to nothing.
 */
public final class Rehearsal {
  /** The code of the problem that a route without a test has. */
  public static final String NO_TEST = "no-test";

  private static final String USAGE = "classpath:routes/core/usage.camel.yaml";
  private static final String SUFFIX = ".camel.yaml";

  /** A property that the route needs; one with a default, or that may be absent, needs none. */
  private static final Pattern PROPERTY = Pattern.compile("\\{\\{([\\w.-]+)}}");

  private final RouteTest test;
  private final List<Problem> problems;

  private Rehearsal(RouteTest test, List<Problem> problems) {
    this.test = test;
    this.problems = problems;
  }

  /** Where the test of a route lies: beside it. */
  public static Path testOf(Path route) {
    String name = route.getFileName().toString();
    return route.resolveSibling(name.replace(SUFFIX, ".test.yaml"));
  }

  /**
   * Checks a route's test and runs it.
   *
   * @param route its file
   * @return what is wrong; nothing where all is as the test says
   */
  public static List<Problem> of(Path route) throws IOException {
    List<Problem> problems = new ArrayList<>();
    Path file = testOf(route);
    if (!Files.exists(file)) {
      problems.add(
          new Problem(
              route.toString(),
              1,
              1,
              NO_TEST,
              "the route has no test beside it",
              "Write " + file.getFileName() + ": payloads in, usage or suspense out"));
      return problems;
    }
    Optional<RouteTest> test =
        RouteTestFile.read(file.toString(), Files.readAllBytes(file), problems);
    if (test.isPresent()) {
      new Rehearsal(test.get(), problems).run(file, Files.readAllBytes(route));
    }
    return problems;
  }

  private void run(Path file, byte[] route) throws IOException {
    Optional<Catalog> catalog = catalog(file);
    if (catalog.isEmpty()) {
      return;
    }
    DryMediation mediation;
    try {
      mediation = new DryMediation(catalog.get(), test.devices());
    } catch (IllegalArgumentException e) {
      add(new Place(1, 1), "device", String.valueOf(e.getMessage()), "Mend `devices:`");
      return;
    }
    StubSource source = new StubSource();
    try (CamelContext context = context(route, mediation, source)) {
      PluginHelper.getRoutesLoader(context)
          .loadRoutes(
              List.of(
                  ResourceHelper.resolveMandatoryResource(context, USAGE),
                  ResourceHelper.fromBytes("rehearsed" + SUFFIX, route)));
      context.start();
      for (Case each : test.cases()) {
        compare(each, source.send(each.payload()), mediation);
      }
    } catch (Exception e) {
      add(
          new Place(1, 1),
          "no-start",
          "the route does not start: " + cause(e),
          "Mend the route; its Kamelet's properties are in connectors/src/main/resources/kamelets");
    }
  }

  private static CamelContext context(byte[] route, DryMediation mediation, StubSource source) {
    DefaultCamelContext context = new DefaultCamelContext();
    context.disableJMX();
    // A stand-in bears a component's name and is not of its class, which autowiring casts to.
    context.setAutowiredEnabled(false);
    context.getCamelContextExtension().setErrorHandlerFactory(new NoErrorHandlerDefinition());
    context.getShutdownStrategy().setTimeout(1);
    context.getRegistry().bind("usage", mediation.processor());
    // Nothing comes up later here: a step that leads nowhere fails at once.
    context.getComponent("direct", DirectComponent.class).setBlock(false);
    context.getComponent("kamelet", KameletComponent.class).setLocation("classpath:kamelets");
    Set<String> schemes = new HashSet<>(Endpoints.FROM);
    schemes.remove("kamelet");
    schemes.add(HttpSourceComponent.SCHEME);
    source.install(context, schemes);
    UsageComponent.install(context);
    Properties properties = new Properties();
    Matcher names = PROPERTY.matcher(new String(route, StandardCharsets.UTF_8));
    while (names.find()) {
      properties.setProperty(names.group(1), "test");
    }
    context.getPropertiesComponent().setInitialProperties(properties);
    return context;
  }

  private Optional<Catalog> catalog(Path file) throws IOException {
    String name = test.catalog().orElse("smart-city.yaml");
    byte[] text;
    if (test.catalog().isEmpty()) {
      try (InputStream in = CatalogFile.class.getResourceAsStream("templates/" + name)) {
        text = in.readAllBytes();
      }
    } else {
      Path at = file.resolveSibling(name);
      if (!Files.isRegularFile(at)) {
        add(new Place(1, 1), "catalog", "there is no file " + at, "Mend `catalog:`");
        return Optional.empty();
      }
      text = Files.readAllBytes(at);
    }
    return switch (CatalogFile.read(name, text)) {
      case CatalogFile.Result.Accepted accepted -> Optional.of(accepted.catalog());
      case CatalogFile.Result.Rejected rejected -> {
        problems.addAll(rejected.problems());
        yield Optional.empty();
      }
    };
  }

  private void compare(Case each, Exchange sent, DryMediation mediation) {
    List<Outcome> got = mediation.take();
    String what = each.name().isEmpty() ? "the test" : "`" + each.name() + "`";
    if (sent.getException() != null) {
      add(
          each.at(),
          "route-failed",
          what + ": the route fails: " + cause(sent.getException()),
          "A source would send it again for ever: mend the route");
      return;
    }
    if (got.size() != each.expected().size()) {
      add(
          each.at(),
          "other-outcome",
          what + " says " + each.expected().size() + " events, and these came out: " + shown(got),
          "Mend the route, or the test");
      return;
    }
    for (int i = 0; i < got.size(); i++) {
      compare(what, each.expected().get(i), got.get(i));
    }
  }

  private void compare(String what, Expected expected, Outcome got) {
    switch (expected) {
      case Expected.Suspended(Place at, String reason) -> {
        if (!got.equals(new Outcome.Suspended(reason))) {
          add(at, "other-outcome", what + ": " + shown(got), "Mend the route, or the test");
        }
      }
      case Expected.Usage(Place at, Map<String, String> members) -> {
        if (got instanceof Outcome.Usage usage) {
          members.forEach((name, value) -> compare(what, at, name, value, usage));
        } else {
          add(at, "other-outcome", what + ": " + shown(got), "Mend the route, or the test");
        }
      }
    }
  }

  private void compare(String what, Place at, String name, String value, Outcome.Usage usage) {
    boolean same;
    String is;
    try {
      switch (name) {
        case "subject" -> {
          is = usage.subject();
          same = is.equals(value);
        }
        case "type" -> {
          is = usage.type();
          same = is.equals(value);
        }
        case "id" -> {
          is = usage.id().map(String::valueOf).orElse("not a number");
          same = is.equals(value);
        }
        case "time" -> {
          is = usage.time().toString();
          same = usage.time().equals(Instant.parse(value));
        }
        default -> {
          BigDecimal reading = usage.readings().get(name);
          is = reading == null ? "no meter of " + usage.type() : reading.toPlainString();
          same = reading != null && reading.compareTo(new BigDecimal(value)) == 0;
        }
      }
    } catch (DateTimeParseException | NumberFormatException e) {
      add(at, "usage", what + ": `" + name + ": " + value + "` can't be read", "Mend the test");
      return;
    }
    if (!same) {
      add(
          at,
          "other-outcome",
          what + ": " + name + " is " + is + ", not " + value,
          "Mend the route, or the test");
    }
  }

  private static String shown(List<Outcome> outcomes) {
    return outcomes.isEmpty()
        ? "none"
        : String.join(", ", outcomes.stream().map(Rehearsal::shown).toList());
  }

  private static String shown(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Suspended(String reason) -> "suspense " + reason;
      case Outcome.Usage u -> "usage of " + u.subject() + " " + u.readings();
    };
  }

  private static String cause(Throwable e) {
    Throwable at = e;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return String.valueOf(at.getMessage()).lines().findFirst().orElse(at.toString());
  }

  private void add(Place at, String code, String message, String fix) {
    problems.add(new Problem(test.file(), at.line(), at.column(), code, message, fix));
  }
}
