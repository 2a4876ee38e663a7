package io.millrace.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark measures all that it says; how much that is, is no matter of a build. */
class BenchIT {

  @Test
  void shrunkBench_measuresEveryStep(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("bench.json");
    StringWriter text = new StringWriter();
    int code =
        Bench.run(
            new PrintWriter(text),
            "--runs=2",
            "--devices=50",
            "--minutes=2",
            "--folder=" + folder,
            "--json=" + json);
    assertEquals(0, code, text::toString);
    JsonNode all = new ObjectMapper().readTree(json.toFile());
    assertTrue(
        all.at("/conditions/PostgreSQL")
            .textValue()
            .endsWith("fsync=on synchronous_commit=on full_page_writes=on"),
        text::toString);
    Set<String> steps = new LinkedHashSet<>();
    Set<String> goals = new LinkedHashSet<>();
    for (JsonNode figure : all.get("figures")) {
      steps.add(figure.get("step").textValue());
      if (figure.has("met")) {
        goals.add(figure.get("step").textValue());
      }
      assertTrue(text.toString().contains(figure.get("what").textValue()), text::toString);
    }
    assertEquals(
        Set.of(
            "journal",
            "dedupe",
            "decode",
            "rating",
            "rate",
            "core",
            "storm",
            "hand-built",
            "mqtt",
            "kafka",
            "streams",
            "amqp",
            "pulsar",
            "sftp",
            "http",
            "charging",
            "start",
            "explain"),
        steps);
    assertEquals(
        Set.of(
            "journal",
            "dedupe",
            "rating",
            "rate",
            "core",
            "hand-built",
            "mqtt",
            "kafka",
            "streams",
            "amqp",
            "pulsar",
            "sftp",
            "http",
            "charging",
            "start",
            "explain"),
        goals);
  }

  @Test
  void stepThatIsNotThere_isMisuse() {
    List<String> wrong = List.of("--only=core,nothing", "--runs=0", "--unknown");
    for (String argument : wrong) {
      assertEquals(2, Bench.run(new PrintWriter(new StringWriter()), argument), argument);
    }
  }
}
