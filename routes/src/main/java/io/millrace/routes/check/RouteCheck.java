package io.millrace.routes.check;

import io.millrace.catalog.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Looks at the file of a source route: one route, an id on every node, schemes and languages that
 * are allowed, endpoints that are written out, no arithmetic, no secret, and an end in {@code
 * direct:usage}. Camel's own reader judges the rest.
 */
public final class RouteCheck {
  private static final int MOST_BYTES = 1 << 18;
  private static final int MOST_DEPTH = 40;

  /** Keys of a step that hold steps of their own; an id is wanted on each. */
  private static final List<String> BRANCHES = List.of("when", "doCatch");

  private static final List<String> SINGLE_BRANCHES = List.of("otherwise", "doFinally");

  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private boolean endsInUsage;

  private RouteCheck(String file) {
    this.file = file;
  }

  /** What a check came to: nothing may start where there are errors. */
  public record Found(List<Problem> errors) {
    public Found {
      errors = List.copyOf(errors);
    }
  }

  /** Checks a file. Throws nothing, whatever the bytes. */
  public static Found file(String name, byte[] bytes) {
    RouteCheck check = new RouteCheck(name);
    check.run(bytes);
    check.problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    return new Found(check.problems);
  }

  private void run(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      add(1, 1, "too-large", "larger than 256 KiB", "A route is a page");
      return;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      LoadSettings settings =
          LoadSettings.builder()
              .setLabel(file)
              .setMaxAliasesForCollections(0)
              .setAllowNonScalarKeys(true)
              .build();
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        add(1, 1, "empty", "there is no route", "Begin with `- route:`");
        return;
      }
      document(root.get());
    } catch (CharacterCodingException e) {
      add(1, 1, "not-utf8", "the file is not UTF-8", "Save it as UTF-8");
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
      add(
          mark == null ? 1 : mark.getLine() + 1,
          mark == null ? 1 : mark.getColumn() + 1,
          "yaml",
          String.valueOf(e.getProblem()),
          "Mend the YAML here or in the line above; quote what begins with {{");
    } catch (YamlEngineException | StackOverflowError e) {
      add(1, 1, "yaml", "the YAML can't be read", "Nest less and close what is open");
    }
  }

  private void document(Node root) {
    if (!(root instanceof SequenceNode list) || list.getValue().isEmpty()) {
      String cure = "Begin with `- route:`; a catalog is checked by `--catalog FILE`";
      add(root, "no-route", "the file is no list of one route", cure);
      return;
    }
    if (list.getValue().size() > 1) {
      add(
          list.getValue().get(1),
          "one-route",
          "a second route",
          "Give it a file of its own, named after it");
    }
    for (Node each : list.getValue()) {
      if (each instanceof MappingNode map && map.getValue().size() == 1) {
        NodeTuple only = map.getValue().getFirst();
        String key = text(only.getKeyNode());
        if (key.equals("route") && only.getValueNode() instanceof MappingNode route) {
          route(route);
        } else {
          add(
              only.getKeyNode(),
              "not-a-route",
              "`" + key + "` is not for source routes",
              "A source file holds `- route:` alone");
        }
      } else {
        add(each, "not-a-route", "neither a route nor anything else", "Write `- route:`");
      }
    }
  }

  private void route(MappingNode route) {
    id(route, "route", route);
    for (NodeTuple tuple : route.getValue()) {
      String key = text(tuple.getKeyNode());
      if (!Endpoints.ROUTE.contains(key)) {
        add(
            tuple.getKeyNode(),
            "route-option",
            "`" + key + "` is not for source routes",
            "Use " + new TreeSet<>(Endpoints.ROUTE) + " alone: errors are the source's to handle");
      }
    }
    Node from = value(route, "from");
    if (!(from instanceof MappingNode map)) {
      add(route, "no-from", "the route begins nowhere", "Write `from:` with a uri");
      return;
    }
    id(map, "from", from);
    Endpoints.check(this, map, true);
    steps(value(map, "steps"), 0);
    if (!endsInUsage) {
      add(
          map,
          "no-usage",
          "no step hands its events to the engine",
          "End with `- to: {id: ..., uri: direct:usage}`, or `usage:<format>` for other formats");
    }
    walk(route, 0);
  }

  private void steps(@Nullable Node steps, int depth) {
    if (!(steps instanceof SequenceNode list) || depth > MOST_DEPTH) {
      return;
    }
    for (Node step : list.getValue()) {
      if (!(step instanceof MappingNode map) || map.getValue().size() != 1) {
        add(step, "not-a-step", "a step has one name", "Write `- to: {id: ..., uri: ...}`");
        continue;
      }
      String name = text(map.getValue().getFirst().getKeyNode());
      Node options = map.getValue().getFirst().getValueNode();
      if (options instanceof MappingNode some) {
        id(some, name, step);
        step(name, some, depth);
      } else {
        missingId(step, name);
      }
    }
  }

  private void step(String name, MappingNode options, int depth) {
    if (!Endpoints.STEPS.contains(name)) {
      add(
          options,
          "step",
          "`" + name + "` is not for source routes",
          "Use one of " + new TreeSet<>(Endpoints.STEPS));
    }
    if (Endpoints.TAKES_URI.contains(name)) {
      Endpoints.check(this, options, false);
      UsageFormat.check(this, options);
      endsInUsage |= name.equals("to") && Endpoints.isUsage(text(value(options, "uri")));
    }
    if (Endpoints.DYNAMIC.contains(name)) {
      add(
          options,
          "dynamic-endpoint",
          "`" + name + "` sends where a message says",
          "Name the endpoint with `to`");
    }
    if (Endpoints.CODE.contains(name)) {
      add(
          options,
          "code",
          "`" + name + "` runs code of the node's class path",
          "A source route carries events; what computes belongs in the engine");
    }
    steps(value(options, "steps"), depth + 1);
    for (String branch : BRANCHES) {
      if (value(options, branch) instanceof SequenceNode list) {
        for (Node each : list.getValue()) {
          branch(branch, each, depth);
        }
      }
    }
    for (String branch : SINGLE_BRANCHES) {
      Node each = value(options, branch);
      if (each != null) {
        branch(branch, each, depth);
      }
    }
  }

  private void branch(String name, Node node, int depth) {
    if (node instanceof MappingNode map) {
      id(map, name, node);
      steps(value(map, "steps"), depth + 1);
    }
  }

  /** Looks at all expressions, and at all that is written where a secret may stand. */
  private void walk(Node node, int depth) {
    if (depth > MOST_DEPTH) {
      add(node, "too-deep", "nested deeper than " + MOST_DEPTH, "Make two routes of it");
      return;
    }
    if (node instanceof MappingNode map) {
      for (NodeTuple tuple : map.getValue()) {
        String key = text(tuple.getKeyNode());
        if (key.equals("parameters")) {
          Secrets.check(this, tuple.getValueNode());
        } else {
          Expressions.check(this, key, tuple.getKeyNode(), tuple.getValueNode());
          walk(tuple.getValueNode(), depth + 1);
        }
      }
    } else if (node instanceof SequenceNode list) {
      list.getValue().forEach(each -> walk(each, depth + 1));
    }
  }

  private void id(MappingNode node, String name, Node at) {
    if (text(value(node, "id")).isBlank()) {
      missingId(at, name);
    }
  }

  private void missingId(Node at, String name) {
    add(at, "no-id", "`" + name + "` has no id", "Add `id: ...`: metrics, JMX and logs name it");
  }

  static @Nullable Node value(MappingNode map, String key) {
    for (NodeTuple tuple : map.getValue()) {
      if (text(tuple.getKeyNode()).equals(key)) {
        return tuple.getValueNode();
      }
    }
    return null;
  }

  static String text(@Nullable Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  void add(Node at, String code, String message, String fix) {
    Mark mark = at.getStartMark().orElse(null);
    add(
        mark == null ? 1 : mark.getLine() + 1,
        mark == null ? 1 : mark.getColumn() + 1,
        code,
        message,
        fix);
  }

  private void add(int line, int column, String code, String message, String fix) {
    problems.add(new Problem(file, line, column, code, message, fix));
  }
}
