package io.millrace.tests.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hazelcast.core.HazelcastInstance;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.processor.idempotent.hazelcast.HazelcastIdempotentRepository;

/**
 * The yardstick: a CloudEvent is parsed, removed where its key was seen, priced and inserted, each
 * in a transaction of its own. It does less than the shard core: no windows, no ledger, no raw
 * bytes kept, and what is in flight when it is killed is lost.
 */
final class HandBuiltRoute extends RouteBuilder {
  static final String FROM = "direct:lamps";

  static final String TABLE =
      """
      create table charge (
        id          bigint generated always as identity primary key,
        source      text not null,
        subject     text not null,
        event       text not null,
        occurred_at timestamptz not null,
        wh          numeric not null,
        amount      numeric not null
      )
      """;

  private static final String INSERT =
      "insert into charge (source, subject, event, occurred_at, wh, amount)"
          + " values (?, ?, ?, ?, ?, ?)";
  private static final BigDecimal PER_WH = new BigDecimal("0.00000005");
  private static final String KEY = "key";

  private final ObjectMapper json = new ObjectMapper();
  private final HazelcastInstance hazelcast;
  private final DataSource database;

  HandBuiltRoute(HazelcastInstance hazelcast, DataSource database) {
    this.hazelcast = hazelcast;
    this.database = database;
  }

  @Override
  public void configure() {
    from(FROM)
        .errorHandler(noErrorHandler())
        .process(this::parse)
        .idempotentConsumer(
            exchangeProperty(KEY), new HazelcastIdempotentRepository(hazelcast, "hand-built"))
        .process(this::insert);
  }

  private void parse(Exchange exchange) throws IOException {
    JsonNode event = json.readTree(exchange.getIn().getBody(byte[].class));
    exchange.setProperty(
        KEY,
        event.required("source").textValue()
            + "|"
            + event.required("subject").textValue()
            + "|"
            + event.required("id").textValue());
    exchange.getIn().setBody(event);
  }

  private void insert(Exchange exchange) throws SQLException {
    JsonNode event = exchange.getIn().getBody(JsonNode.class);
    BigDecimal wh = event.required("data").required("wh").decimalValue();
    try (Connection c = database.getConnection();
        PreparedStatement insert = c.prepareStatement(INSERT)) {
      insert.setString(1, event.required("source").textValue());
      insert.setString(2, event.required("subject").textValue());
      insert.setString(3, event.required("id").textValue());
      insert.setObject(4, OffsetDateTime.parse(event.required("time").textValue()));
      insert.setBigDecimal(5, wh);
      insert.setBigDecimal(6, wh.multiply(PER_WH));
      insert.executeUpdate();
    }
  }
}
