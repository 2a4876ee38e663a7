package io.millrace.tests.badinput;

import io.millrace.tests.sources.EmbeddedAmqp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.Session;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;

/** Senders to a queue of an AMQP 1.0 broker. */
final class HostileAmqp extends Hostile {
  private final EmbeddedAmqp broker;
  private final Client client = Client.create();
  private final Connection connection;
  private final Sender sender;

  HostileAmqp(Path folder, Lamps lamps) throws Exception {
    super(lamps);
    broker = EmbeddedAmqp.start(folder);
    connection = client.connect("127.0.0.1", URI.create(broker.url()).getPort());
    sender = connection.openSender(EmbeddedAmqp.QUEUE);
  }

  @Override
  String name() {
    return "amqp";
  }

  @Override
  String route() {
    return """
    - route:
        id: amqp
        from:
          id: amqp-from
          uri: kamelet:amqp-source
          parameters: {source: amqp, queue: lamps, url: "{{amqp.url}}"}
          steps:
            - to: {id: amqp-usage, uri: "direct:usage"}
    """;
  }

  @Override
  Map<String, String> properties() {
    return Map.of("amqp.url", broker.url());
  }

  @Override
  String send(byte[] payload) throws Exception {
    send(Message.create(payload));
    return "";
  }

  private void send(Message<?> message) throws Exception {
    sender.send(message.durable(true)).awaitAccepted();
  }

  @Override
  Map<String, String> otherOutcomes() {
    return Map.of();
  }

  @Override
  Map<Integer, String> excused() {
    return excuses(
        40, 49, "a matter of MQTT", 54, 54, "nothing is packed", 58, 64, "there are no files");
  }

  @Override
  void ownRows() {
    add("37 a batch of two", "charged charged", () -> send(message(batch()).contentType(BATCH)));
    add("37 a batch of none", "", () -> send(message("[]").contentType(BATCH)));
    add(
        "38 an id twice, under both prefixes",
        "malformed",
        () -> send(binary().property("cloudEvents:id", "7").property("cloudEvents_id", "8")));
    add("39 text that is none", "charged", () -> send(message().contentType("image/png")));
    add("50 a serialized object", "malformed", () -> send(object()));
    add("51 a map within a map", "malformed", () -> send(value(Map.of("wh", Map.of("wh", 1)))));
    add("51 a list", "malformed", () -> send(sequence()));
    add(
        "52 properties that mean something elsewhere",
        "charged",
        () ->
            send(
                message()
                    .property("CamelExecCommandExecutable", "exit")
                    .property("cAmElFileName", "../x")
                    .property("JMSReplyTo", "other")));
    add("53 no value", "duplicate", () -> send(value(null)));
    add("55 a transaction that is rolled back", "", this::rolledBack);
    add("56 a message of before 1970", "charged", () -> send(message().creationTime(-1)));
    add(
        "57 a JMS type that is a class",
        "charged",
        () ->
            send(
                message().subject("java.util.HashMap").annotation("x-opt-jms-msg-type", (byte) 1)));
    add("poison that came 300 times", "malformed", () -> send(message("x").deliveryCount(300)));
    add("a priority of 255", "charged", () -> send(message().priority((byte) 255)));
    add("text instead of bytes", "charged", () -> send(value(text(lamps().report()))));
  }

  private static final String BATCH = "application/cloudevents-batch+json";

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String batch() {
    return "[" + text(lamps().report()) + "," + text(lamps().report()) + "]";
  }

  private Message<byte[]> message() throws Exception {
    return Message.create(lamps().report());
  }

  private static Message<byte[]> message(String text) throws Exception {
    return Message.create(text.getBytes(StandardCharsets.UTF_8));
  }

  private Message<byte[]> binary() throws Exception {
    return message("{\"wh\":1}")
        .contentType("application/json")
        .property("cloudEvents:specversion", "1.0")
        .property("cloudEvents:source", "/city/lamps")
        .property("cloudEvents:type", "lamp.report")
        .property("cloudEvents:subject", Lamps.subject(lamps().lamp(1)));
  }

  private static Message<?> object() throws Exception {
    return Message.create(Serialized.MAP).contentType("application/x-java-serialized-object");
  }

  private static Message<?> value(Object value) throws Exception {
    return Message.<Object>create().toAdvancedMessage().addBodySection(new AmqpValue<>(value));
  }

  private static Message<?> sequence() throws Exception {
    return Message.<Object>create()
        .toAdvancedMessage()
        .addBodySection(new AmqpSequence<Object>(List.of("wh", 1)));
  }

  private void rolledBack() throws Exception {
    try (Session session = connection.openSession();
        Sender transacting = session.openSender(EmbeddedAmqp.QUEUE)) {
      session.beginTransaction();
      transacting.send(message().durable(true));
      session.rollbackTransaction();
    }
  }

  @Override
  public void close() throws Exception {
    client.close();
    broker.close();
  }
}
