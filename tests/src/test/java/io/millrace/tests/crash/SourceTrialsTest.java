package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No source goes without the trial that all share: a Kamelet that is not in it fails the build. */
class SourceTrialsTest {
  private static final String KAMELET = "-source.kamelet.yaml";
  private static final String TRIAL = "_eachEventCountsOnce";

  /** Sources of which {@link SourceTrialIT} has no trial. */
  private static List<String> untried(Path kamelets) throws IOException {
    Set<String> trials =
        Arrays.stream(SourceTrialIT.class.getDeclaredMethods())
            .filter(m -> m.isAnnotationPresent(Test.class))
            .map(m -> m.getName())
            .collect(Collectors.toSet());
    List<String> untried = new ArrayList<>();
    try (Stream<Path> files = Files.list(kamelets)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> file.endsWith(KAMELET))
          .map(file -> file.substring(0, file.length() - KAMELET.length()))
          .filter(source -> !trials.contains(source + TRIAL))
          .sorted()
          .forEach(untried::add);
    }
    return untried;
  }

  @Test
  void everySourceKamelet_isTried() throws IOException {
    Path kamelets = Repository.root().resolve("connectors/src/main/resources/kamelets");
    assertTrue(Files.exists(kamelets.resolve("kafka" + KAMELET)), "the walk went astray");

    assertEquals(
        List.of(), untried(kamelets), "add SourceTrialIT.<source>" + TRIAL + " and its Wire");
  }

  @Test
  void newKamelet_isMissed(@TempDir Path kamelets) throws IOException {
    for (String file : List.of("pigeon" + KAMELET, "kafka" + KAMELET, "erp-sink.kamelet.yaml")) {
      Files.createFile(kamelets.resolve(file));
    }

    assertEquals(List.of("pigeon"), untried(kamelets));
  }
}
