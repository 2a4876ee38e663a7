package io.millrace.ops.node;

import static io.millrace.ops.node.NchfNode.MB;
import static io.millrace.ops.node.NchfNode.PATH;
import static io.millrace.ops.node.NchfNode.group;
import static io.millrace.ops.node.NchfNode.request;
import static io.millrace.ops.node.NchfNode.told;
import static io.millrace.ops.node.NchfNode.units;
import static io.millrace.ops.node.NchfNode.volume;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session on a node that comes to an end without a word, and on the one that takes over. */
class NchfTakeoverTest {
  private static final String SIM = "214070000000001";

  @TempDir Path folder;

  @Test
  void repetitionAtTheNodeThatTookOver_isAnsweredTheSameAndTheSessionGoesOn() throws Exception {
    try (NchfNode chf = new NchfNode(folder)) {
      chf.sim(SIM, "10");
      String begin =
          request(SIM, 1, units(group(10, volume(MB), ""), group(20, "\"time\":60", "")));
      HttpResponse<String> begun = chf.ask(PATH, begin);
      String where = chf.begun(begun);
      String update =
          request(
              SIM, 2, units(group(10, volume(3 * MB), volume(MB)), group(20, "", "\"time\":60")));
      HttpResponse<String> updated = chf.ask(where + "/update", update);
      assertEquals(List.of("10 SUCCESS 3000000", "20 SUCCESS"), told(updated));
      String left = chf.left(SIM);
      chf.taken();
      // Who is left behind has nothing to say, and does nothing.
      assertEquals(503, chf.askBefore(where + "/update", update).statusCode());
      assertEquals(503, chf.askBefore(PATH, request(SIM, 9, "")).statusCode());
      assertEquals(begun.body(), chf.ask(PATH, begin).body());
      assertEquals(updated.body(), chf.ask(where + "/update", update).body());
      assertEquals(left, chf.left(SIM));
      String end = request(SIM, 3, units(group(10, "", volume(2 * MB))));
      assertEquals(204, chf.ask(where + "/release", end).statusCode());
      assertEquals("9.91 held 0", chf.left(SIM));
    }
  }

  @Test
  void sameStepManyTimesAtOnce_isDoneOnce() throws Exception {
    try (NchfNode chf = new NchfNode(folder)) {
      chf.sim(SIM, "10");
      String where = chf.begun(chf.ask(PATH, request(SIM, 1, units(group(10, volume(MB), "")))));
      String update = request(SIM, 2, units(group(10, volume(2 * MB), volume(MB))));
      Set<String> answers = new ConcurrentSkipListSet<>();
      CompletableFuture<?>[] all = new CompletableFuture<?>[16];
      for (int i = 0; i < all.length; i++) {
        all[i] =
            chf.later(where + "/update", update)
                .thenAccept(a -> answers.add(a.statusCode() + a.body()));
      }
      CompletableFuture.allOf(all).join();
      assertEquals(1, answers.size(), answers.toString());
      assertEquals("9.97 held 0.02", chf.left(SIM));
    }
  }

  /** What the page shows works as it is shown. */
  @Test
  void examplesOfThePage_work() throws Exception {
    String page = Files.readString(Path.of("..", "ops", "NCHF.md"));
    Matcher bodies = Pattern.compile("-d '(\\{.*?})'", Pattern.DOTALL).matcher(page);
    try (NchfNode chf = new NchfNode(folder)) {
      chf.sim(SIM, "10");
      String where = chf.begun(chf.ask(PATH, next(bodies)));
      HttpResponse<String> updated = chf.ask(where + "/update", next(bodies));
      assertEquals(List.of("10 SUCCESS 50000000"), told(updated), updated::body);
      assertEquals(204, chf.ask(where + "/release", next(bodies)).statusCode());
      assertEquals("9.9591 held 0", chf.left(SIM));
    }
    String section = page.substring(page.indexOf("    nchf:\n"), page.indexOf("\n`meter` is"));
    Path config = folder.resolve("node.yaml");
    Files.writeString(
        config,
        "database: {url: 'jdbc:postgresql://127.0.0.1/millrace'}\ncatalog: a\nroutes: b\n"
            + section.replaceAll("(?m)^ {4}", ""));
    assertEquals(3, NodeConfigFile.read(config).nchf().orElseThrow().groups().size());
  }

  private static String next(Matcher bodies) {
    assertEquals(true, bodies.find(), "three requests are shown");
    return bodies.group(1);
  }
}
