package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clock that is set wrong, as an operator sees it on each face. */
class ClockFacesTest {
  private static final long HOUR = 3_600_000;

  @TempDir private Path folder;
  private final AtomicLong off = new AtomicLong();
  private String database;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    database = TestNode.emptyDatabase();
    node = node();
  }

  private TestNode node() throws Exception {
    return TestNode.start(
        folder, database, 1, new NodeClock(() -> System.currentTimeMillis() + off.get(), true));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Map<String, Object> clock() throws Exception {
    return TestNode.tree(node.get("/ops/clock"));
  }

  @Test
  void rest_showsTheStopAndTakesTheAgreement() throws Exception {
    assertEquals(true, clock().get("ticks"));
    assertEquals(true, clock().get("checked"));
    off.set(2 * HOUR);
    Map<String, Object> stopped = clock();
    assertEquals(false, stopped.get("ticks"));
    assertEquals("jump", ((Map<?, ?>) stopped.get("stopped")).get("cause"));
    assertTrue(stopped.get("next").toString().contains("millrace clock agree"));
    assertEquals(400, node.post("/ops/clock/agree", "{}").statusCode());
    HttpResponse<String> agreed = node.post("/ops/clock/agree", "{\"by\": \"maria\"}");
    assertEquals(200, agreed.statusCode(), agreed.body());
    assertEquals(true, TestNode.tree(agreed).get("ticks"));
    assertEquals("maria", clock().get("agreedBy"));
    long difference = ((Number) clock().get("agreedDifferenceMillis")).longValue();
    assertTrue(Math.abs(difference - 2 * HOUR) < 60_000, "" + difference);
  }

  @Test
  void health_namesItAndStaysReady_andSoDoMetrics() throws Exception {
    assertTrue(node.get("/metrics").body().contains("millrace_clock_ticks 1.0"));
    off.set(-HOUR);
    HttpResponse<String> ready = node.get("/health/ready");
    assertEquals(200, ready.statusCode());
    List<?> checks = (List<?>) TestNode.tree(ready).get("checks");
    assertTrue(
        checks.stream()
            .map(c -> (Map<?, ?>) c)
            .anyMatch(c -> c.get("name").equals("clock") && c.get("detail") != null),
        ready.body());
    assertTrue(node.get("/metrics").body().contains("millrace_clock_ticks 0.0"));
  }

  @Test
  void restart_staysStopped() throws Exception {
    off.set(HOUR);
    assertEquals(false, clock().get("ticks"));
    node.close();
    off.set(0);
    node = node();
    assertEquals(false, clock().get("ticks"));
  }

  @Test
  void jmx_showsTheStopAndTakesTheAgreement() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("io.millrace:type=Clock");
    assertEquals(true, server.getAttribute(name, "Ticking"));
    assertEquals("", server.getAttribute(name, "Trouble"));
    off.set(HOUR);
    assertEquals(false, server.getAttribute(name, "Ticking"));
    assertTrue(server.getAttribute(name, "Trouble").toString().contains("has jumped"));
    server.invoke(name, "agree", new Object[] {"op"}, new String[] {String.class.getName()});
    assertEquals(true, server.getAttribute(name, "Ticking"));
  }

  private record Ran(int code, String out) {}

  private Ran run(String... args) {
    StringWriter out = new StringWriter();
    PrintWriter to = new PrintWriter(out, true);
    String[] all = java.util.Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--url";
    all[args.length + 1] = node.running().url();
    return new Ran(Millrace.commandLine(to, to).execute(all), out.toString());
  }

  @Test
  void commandLine_showsTheStopAndTakesTheAgreement() {
    assertEquals(0, run("clock").code);
    off.set(HOUR);
    Ran stopped = run("clock");
    assertEquals(1, stopped.code, stopped.out);
    assertTrue(stopped.out.contains("stopped       jump seen at "), stopped.out);
    assertTrue(stopped.out.contains("`millrace clock agree --by NAME`"), stopped.out);
    assertEquals(2, run("clock", "agree").code);
    Ran agreed = run("clock", "agree", "--by", "maria");
    assertEquals(0, agreed.code, agreed.out);
    assertTrue(agreed.out.contains("agreed by     maria at "), agreed.out);
    assertFalse(run("clock", "--json").out.contains("\"stopped\""));
  }
}
