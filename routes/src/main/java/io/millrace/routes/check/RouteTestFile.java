package io.millrace.routes.check;

import io.millrace.catalog.Problem;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import io.millrace.connectors.mediation.DryMediation.Device;
import io.millrace.processors.shard.Reason;
import io.millrace.routes.check.RouteTest.Case;
import io.millrace.routes.check.RouteTest.Expected;
import io.millrace.routes.check.RouteTest.Place;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the test of a route: a closed set of keys, each fault with its place and its cure. */
final class RouteTestFile {
  private static final int MOST_BYTES = 1 << 20;
  private static final Set<String> KEYS = Set.of("catalog", "devices", "tests");
  private static final Set<String> DEVICE = Set.of("subject", "offer", "from");
  private static final Set<String> CASE =
      Set.of(
          "name",
          "payload",
          "base64",
          "content-type",
          "address",
          "attributes",
          "usage",
          "suspense");

  private final String file;
  private final List<Problem> problems;

  private RouteTestFile(String file, List<Problem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /**
   * Reads a file.
   *
   * @param problems gets its faults
   * @return the test, where there is no fault
   */
  static Optional<RouteTest> read(String file, byte[] bytes, List<Problem> problems) {
    int before = problems.size();
    RouteTestFile reader = new RouteTestFile(file, problems);
    Optional<RouteTest> test = reader.parse(bytes);
    return problems.size() == before ? test : Optional.empty();
  }

  private Optional<RouteTest> parse(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      add(new Place(1, 1), "too-large", "larger than 1 MiB", "Test with a few payloads");
      return Optional.empty();
    }
    try {
      LoadSettings settings =
          LoadSettings.builder().setLabel(file).setMaxAliasesForCollections(0).build();
      Optional<Node> root =
          new Compose(settings).composeString(new String(bytes, StandardCharsets.UTF_8));
      if (root.isPresent() && root.get() instanceof MappingNode map) {
        return Optional.of(test(map));
      }
      add(new Place(1, 1), "no-tests", "the file has no tests", "Write `tests:` and a list");
    } catch (MarkedYamlEngineException e) {
      add(
          e.getProblemMark().map(RouteTestFile::place).orElse(new Place(1, 1)),
          "yaml",
          String.valueOf(e.getProblem()),
          "Mend the YAML here or in the line above");
    } catch (YamlEngineException | StackOverflowError e) {
      add(new Place(1, 1), "yaml", "the YAML can't be read", "Close what is open");
    }
    return Optional.empty();
  }

  private RouteTest test(MappingNode root) {
    known(root, KEYS);
    List<Device> devices = new ArrayList<>();
    for (Node each : list(root, "devices")) {
      device(each).ifPresent(devices::add);
    }
    List<Case> cases = new ArrayList<>();
    for (Node each : list(root, "tests")) {
      if (each instanceof MappingNode map) {
        cases.add(testCase(map));
      } else {
        add(place(each), "no-test", "not a test", "Write `- name: ...` with a payload");
      }
    }
    if (cases.isEmpty()) {
      add(place(root), "no-tests", "the file has no tests", "Write `tests:` and a list");
    }
    Node catalog = RouteCheck.value(root, "catalog");
    return new RouteTest(file, Optional.ofNullable(catalog).map(RouteCheck::text), devices, cases);
  }

  private Optional<Device> device(Node node) {
    if (node instanceof MappingNode map) {
      known(map, DEVICE);
      String subject = RouteCheck.text(RouteCheck.value(map, "subject"));
      String offer = RouteCheck.text(RouteCheck.value(map, "offer"));
      try {
        Instant from = Instant.parse(RouteCheck.text(RouteCheck.value(map, "from")));
        if (!subject.isEmpty() && !offer.isEmpty()) {
          return Optional.of(new Device(subject, offer, from));
        }
      } catch (DateTimeParseException e) {
        // Told below.
      }
    }
    add(
        place(node),
        "device",
        "not a device",
        "Write `- {subject: lamp-000001, offer: lamp, from: 2026-11-02T00:00:00Z}`");
    return Optional.empty();
  }

  private Case testCase(MappingNode map) {
    known(map, CASE);
    Node usage = RouteCheck.value(map, "usage");
    Node suspense = RouteCheck.value(map, "suspense");
    List<Expected> expected = new ArrayList<>();
    if (usage != null) {
      for (Node each : list(map, "usage")) {
        if (each instanceof MappingNode members) {
          expected.add(new Expected.Usage(place(each), texts(members)));
        } else {
          add(place(each), "usage", "not an event", "Write `- {subject: ..., energy: 0.412}`");
        }
      }
    }
    if (suspense != null) {
      List<Node> reasons =
          suspense instanceof SequenceNode many ? many.getValue() : List.of(suspense);
      reasons.forEach(r -> expected.add(reason(r)));
    }
    if (usage == null && suspense == null) {
      add(
          place(map),
          "no-outcome",
          "the test does not say what comes out",
          "Add `usage:` with a list of events, or `suspense:` with a reason; `usage: []` for none");
    }
    return new Case(
        place(map),
        RouteCheck.text(RouteCheck.value(map, "name")),
        new Payload(payload(map), transport(map)),
        expected);
  }

  private Expected reason(Node node) {
    String code = RouteCheck.text(node);
    if (Arrays.stream(Reason.values()).noneMatch(r -> r.code().equals(code))) {
      add(
          place(node),
          "unknown-reason",
          "`" + code + "` is no reason",
          "Use one of " + Arrays.stream(Reason.values()).map(Reason::code).toList());
    }
    return new Expected.Suspended(place(node), code);
  }

  private byte[] payload(MappingNode map) {
    Node text = RouteCheck.value(map, "payload");
    Node base64 = RouteCheck.value(map, "base64");
    if ((text == null) == (base64 == null)) {
      add(place(map), "no-payload", "there is not one payload", "Give `payload:` or `base64:`");
      return new byte[0];
    }
    if (base64 == null) {
      return RouteCheck.text(text).getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(RouteCheck.text(base64).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      add(place(base64), "no-payload", "this is not base64", "Encode the bytes again");
      return new byte[0];
    }
  }

  private static Transport transport(MappingNode map) {
    List<Transport.Attribute> attributes = new ArrayList<>();
    if (RouteCheck.value(map, "attributes") instanceof MappingNode some) {
      texts(some).forEach((name, value) -> attributes.add(new Transport.Attribute(name, value)));
    }
    return new Transport(
        RouteCheck.text(RouteCheck.value(map, "content-type")),
        RouteCheck.text(RouteCheck.value(map, "address")),
        attributes);
  }

  private static Map<String, String> texts(MappingNode map) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      texts.put(RouteCheck.text(tuple.getKeyNode()), RouteCheck.text(tuple.getValueNode()));
    }
    return texts;
  }

  private List<Node> list(MappingNode map, String key) {
    Node node = RouteCheck.value(map, key);
    if (node == null || node instanceof SequenceNode) {
      return node == null ? List.of() : ((SequenceNode) node).getValue();
    }
    add(place(node), "no-list", "`" + key + "` is not a list", "Begin each with a dash");
    return List.of();
  }

  private void known(MappingNode map, Set<String> keys) {
    for (NodeTuple tuple : map.getValue()) {
      String key = RouteCheck.text(tuple.getKeyNode());
      if (!keys.contains(key)) {
        add(
            place(tuple.getKeyNode()),
            "unknown-key",
            "`" + key + "` is not known here",
            "Use " + new TreeSet<>(keys));
      }
    }
  }

  private static Place place(@Nullable Node node) {
    return node == null
        ? new Place(1, 1)
        : node.getStartMark().map(RouteTestFile::place).orElse(new Place(1, 1));
  }

  private static Place place(Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private void add(Place at, String code, String message, String fix) {
    problems.add(new Problem(file, at.line(), at.column(), code, message, fix));
  }
}
