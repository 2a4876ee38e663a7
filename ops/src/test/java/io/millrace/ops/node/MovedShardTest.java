package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.connectors.shard.ShardMoved;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A shard that another node has taken: its events fail for now, and nobody has to act. */
class MovedShardTest {
  @TempDir Path folder;

  @Test
  void eventOfAMovedShard_failsForItsSourceAndIsNoErrorInTheLog() throws Exception {
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    try (TestNode node = TestNode.start(folder, 1)) {
      heard.start();
      root.addAppender(heard);
      taken(node);
      try (ProducerTemplate template = node.running().routes().context().createProducerTemplate()) {
        Exchange sent =
            template.send(
                "direct:usage",
                e ->
                    e.getIn()
                        .setBody(
                            TestNode.report(1, 1, TestNode.START, "0.412")
                                .getBytes(StandardCharsets.UTF_8)));
        assertInstanceOf(ShardMoved.class, sent.getException());
      }
    } finally {
      root.detachAppender(heard);
    }
    List<ILoggingEvent> errors =
        heard.list.stream().filter(e -> e.getLevel().isGreaterOrEqual(Level.ERROR)).toList();
    assertEquals(List.of(), errors);
    assertFalse(heard.list.stream().anyMatch(e -> e.getThrowableProxy() != null), "a stack trace");
  }

  private static void taken(TestNode node) throws Exception {
    try (Connection c = node.running().node().database().connection();
        Statement s = c.createStatement()) {
      s.executeUpdate(
          "update shard set node = 'another', epoch = epoch + 1,"
              + " lease_until = clock_timestamp() + interval '1 hour'");
      if (!c.getAutoCommit()) {
        c.commit();
      }
    }
  }
}
