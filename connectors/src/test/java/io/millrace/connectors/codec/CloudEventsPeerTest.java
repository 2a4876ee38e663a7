package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.cloudevents.CloudEvent;
import io.cloudevents.amqp.ProtonAmqpMessageFactory;
import io.cloudevents.core.CloudEventUtils;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventContextWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;

/**
 * What the official SDK writes in each mode and by each binding is the event that we read. It knows
 * nothing of ours; the AMQP binding's newest release is 2.3.0, and for MQTT it has none, so that
 * there its attributes are carried as the binding says.
 */
class CloudEventsPeerTest {
  private static final String[] WORDS = {
    "a", "7", "0", "007", "lamp", "é", "日本", "\"", "%", "%41", "\\", " b", ",", ";", "=", "😀", "+"
  };

  private final CodecTrial trial = new CodecTrial("cloudevents");

  private static CloudEvent event(Random random) {
    return CloudEventBuilder.v1()
        .withId(text(random))
        .withSource(URI.create("/city/" + random.nextInt(5)))
        .withType("lamp.report")
        .withSubject(text(random))
        .withTime(
            OffsetDateTime.ofInstant(
                Instant.ofEpochMilli(1_793_613_667_000L + random.nextInt(1 << 30)),
                ZoneOffset.ofTotalSeconds(900 * (random.nextInt(80) - 40))))
        .withData(
            "application/json",
            ("{\"wh\":" + random.nextInt(100_000) + "." + random.nextInt(1_000) + "}")
                .getBytes(StandardCharsets.UTF_8))
        .withExtension("camelhttpuri", "http://elsewhere/")
        .withExtension("traceparent", text(random))
        .build();
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  /** The lines that the trial gives for an event, from the event alone. */
  private List<String> expected(CloudEvent event) {
    String wh = new String(event.getData().toBytes(), StandardCharsets.UTF_8);
    String json =
        "{\"specversion\":\"1.0\",\"id\":%s,\"source\":%s,\"type\":%s,\"subject\":%s,\"time\":%s,\"data\":%s}"
            .formatted(
                quoted(event.getId()),
                quoted(event.getSource().toString()),
                quoted(event.getType()),
                quoted(event.getSubject()),
                quoted(event.getTime().toInstant().toString()),
                wh);
    return trial.decode(json);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Property(tries = 300)
  void structuredJson_isReadAsItWasWritten(@ForAll long seed) {
    CloudEvent event = event(new Random(seed));
    byte[] json =
        EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE).serialize(event);
    assertEquals(expected(event), trial.decode(json));
    assertEquals(
        expected(event),
        trial.decode(
            json, new Transport("application/cloudevents+json; charset=utf-8", "t", List.of())));
  }

  @Property(tries = 100)
  void batch_isReadAsItsEvents(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> all = new ArrayList<>();
    List<String> json = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      CloudEvent event = event(random);
      all.addAll(expected(event));
      json.add(
          new String(
              EventFormatProvider.getInstance()
                  .resolveFormat(JsonFormat.CONTENT_TYPE)
                  .serialize(event),
              StandardCharsets.UTF_8));
    }
    assertEquals(
        all,
        trial.decode(
            ("[" + String.join(" , ", json) + "]").getBytes(StandardCharsets.UTF_8),
            new Transport("application/cloudevents-batch+json", "", List.of())));
  }

  /**
   * The SDK writes header values as they are, where the binding (3.1.3.2) has them percent-encoded:
   * what it would have to encode so that it can be decoded is left to {@link
   * CloudEventsFormatTest}.
   */
  @Property(tries = 300)
  void http_isReadAsItWasWritten(@ForAll long seed) {
    CloudEvent event = event(new Random(seed));
    String said = event.getId() + event.getSubject();
    Assume.that(said.indexOf('%') < 0 && said.indexOf('"') < 0);
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    AtomicReference<byte[]> body = new AtomicReference<>(new byte[0]);
    HttpMessageFactory.createWriter((k, v) -> headers.add(Map.entry(k, v)), body::set)
        .writeBinary(event);
    Transport transport =
        CloudEventsBindings.http(
            "", taker -> headers.forEach(h -> taker.accept(h.getKey(), h.getValue())));
    assertEquals(expected(event), trial.decode(body.get(), transport), headers.toString());
  }

  @Property(tries = 300)
  void kafka_isReadAsItWasWritten(@ForAll long seed) {
    CloudEvent event = event(new Random(seed));
    ProducerRecord<Void, byte[]> binary =
        KafkaMessageFactory.createWriter("lamps").writeBinary(event);
    assertEquals(expected(event), trial.decode(binary.value(), transport(binary)));
    ProducerRecord<Void, byte[]> structured =
        KafkaMessageFactory.createWriter("lamps").writeStructured(event, JsonFormat.CONTENT_TYPE);
    assertEquals(expected(event), trial.decode(structured.value(), transport(structured)));
  }

  private static Transport transport(ProducerRecord<Void, byte[]> record) {
    return CloudEventsBindings.kafka(
        record.topic(), taker -> record.headers().forEach(h -> taker.accept(h.key(), h.value())));
  }

  @Property(tries = 300)
  void amqp_isReadAsItWasWritten(@ForAll long seed) {
    CloudEvent event = event(new Random(seed));
    Message message = ProtonAmqpMessageFactory.createWriter().writeBinary(event);
    Transport transport =
        CloudEventsBindings.amqp(
            "lamps", message.getContentType(), message.getApplicationProperties().getValue());
    byte[] body = ((Data) message.getBody()).getValue().getArray();
    assertEquals(expected(event), trial.decode(body, transport));
  }

  @Property(tries = 300)
  void mqtt_isReadAsTheBindingCarriesIt(@ForAll long seed) {
    CloudEvent event = event(new Random(seed));
    List<Map.Entry<String, String>> properties = new ArrayList<>();
    properties.add(Map.entry("specversion", event.getSpecVersion().toString()));
    CloudEventUtils.toContextReader(event)
        .readContext(
            (CloudEventContextWriter)
                new CloudEventContextWriter() {
                  @Override
                  public CloudEventContextWriter withContextAttribute(String name, String value) {
                    if (!name.equals("datacontenttype")) {
                      properties.add(Map.entry(name, value));
                    }
                    return this;
                  }
                });
    Transport transport =
        CloudEventsBindings.mqtt(
            "lamps/1/report",
            event.getDataContentType(),
            taker -> properties.forEach(p -> taker.accept(p.getKey(), p.getValue())));
    assertEquals(expected(event), trial.decode(event.getData().toBytes(), transport));
  }

  @Test
  void eventsOfThisTest_areTaken() {
    assertNotEquals(List.of("malformed"), expected(event(new Random(1))));
  }
}
