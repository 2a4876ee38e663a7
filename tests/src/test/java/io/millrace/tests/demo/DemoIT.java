package io.millrace.tests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.demo.DemoOptions;
import io.millrace.ops.demo.DemoRun;
import io.millrace.ops.demo.Outcome;
import io.millrace.ops.demo.generator.Load;
import io.millrace.tests.house.Repository;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small city's day through real wires and disks; the manifest proves the books. */
class DemoIT {

  @Test
  void smallCity_isBilledToTheLastUnit(@TempDir Path folder) throws Exception {
    System.setProperty("millrace.home", Repository.root().toString());
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Path summary = folder.resolve("summary.json");
    Load load = new Load(20, 26, 7, Load.SMART_CITY_DAY);
    Outcome outcome =
        new DemoRun(
                new DemoOptions(load, folder.resolve("data"), 0, Optional.of(summary), false),
                new PrintStream(text, true, StandardCharsets.UTF_8))
            .run();
    assertTrue(outcome.proof().holds(), () -> text.toString(StandardCharsets.UTF_8));
    assertTrue(outcome.good(), () -> "not delivered: " + outcome.deliveries());
    assertEquals(2, outcome.actual().books().size(), "26 hours touch two periods");
    assertEquals(load.reports(), outcome.actual().charged());
    assertTrue(Files.size(summary) > 0);
  }
}
