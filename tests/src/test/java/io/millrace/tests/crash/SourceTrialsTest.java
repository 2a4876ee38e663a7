package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No source goes without a trial: a Kamelet that has none fails the build. */
class SourceTrialsTest {
  private static final String KAMELET = "-source.kamelet.yaml";
  private static final String TRIAL = "_eachEventCountsOnce";
  private static final String BURST = "_burstIsHeldWithinBoundsAndChargedInFull";

  /**
   * Sources whose trial is harder than the shared one, and their own: a gateway and a broker that
   * are killed again and again; a client that posts until it is answered, since no broker keeps
   * anything for it.
   */
  private static final Map<String, Class<?>> OWN_TRIALS =
      Map.of("mqtt", CrashIT.class, "http", HttpPostIT.class);

  /** Sources of which neither {@link SourceTrialIT} nor a class of their own has a trial. */
  private static List<String> untried(Path kamelets) throws IOException {
    Set<String> trials = tests(SourceTrialIT.class);
    OWN_TRIALS.forEach(
        (source, trial) -> {
          if (hasTest(trial)) {
            trials.add(source + TRIAL);
          }
        });
    return without(kamelets, TRIAL, trials);
  }

  private static Set<String> tests(Class<?> of) {
    return Arrays.stream(of.getDeclaredMethods())
        .filter(m -> m.isAnnotationPresent(Test.class) && !m.isAnnotationPresent(Disabled.class))
        .map(m -> m.getName())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Sources of a folder's Kamelets that have no test of that name. */
  private static List<String> without(Path kamelets, String name, Set<String> tests)
      throws IOException {
    List<String> without = new ArrayList<>();
    try (Stream<Path> files = Files.list(kamelets)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> file.endsWith(KAMELET))
          .map(file -> file.substring(0, file.length() - KAMELET.length()))
          .filter(source -> !tests.contains(source + name))
          .sorted()
          .forEach(without::add);
    }
    return without;
  }

  private static boolean hasTest(Class<?> trial) {
    return !tests(trial).isEmpty();
  }

  @Test
  void everySourceKamelet_isTried() throws IOException {
    Path kamelets = Repository.root().resolve("connectors/src/main/resources/kamelets");
    assertTrue(Files.exists(kamelets.resolve("kafka" + KAMELET)), "the walk went astray");

    assertEquals(
        List.of(), untried(kamelets), "add SourceTrialIT.<source>" + TRIAL + " and its Wire");
    assertEquals(
        List.of(),
        without(kamelets, BURST, tests(SourceBurstIT.class)),
        "add SourceBurstIT.<source>" + BURST + " and its Sender");
  }

  @Test
  void newKamelet_isMissed(@TempDir Path kamelets) throws IOException {
    for (String file : List.of("pigeon" + KAMELET, "kafka" + KAMELET, "erp-sink.kamelet.yaml")) {
      Files.createFile(kamelets.resolve(file));
    }

    assertEquals(List.of("pigeon"), untried(kamelets));
    assertEquals(List.of("pigeon"), without(kamelets, BURST, tests(SourceBurstIT.class)));
  }
}
