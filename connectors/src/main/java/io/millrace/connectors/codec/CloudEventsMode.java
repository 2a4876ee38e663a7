package io.millrace.connectors.codec;

/**
 * How a message carries CloudEvents (CloudEvents 1.0.2, 3): told by content type and attributes.
 */
enum CloudEventsMode {
  /** One event as JSON; also what a transport that can't say so is taken for. */
  STRUCTURED,
  /** A JSON array of events. */
  BATCHED,
  /** The payload is the event's data, its attributes are the transport's. */
  BINARY,
  /** An event in another format than JSON. */
  FOREIGN;

  private static final String JSON = "application/cloudevents+json";
  private static final String BATCH_JSON = "application/cloudevents-batch+json";
  private static final String ANY = "application/cloudevents";

  static CloudEventsMode of(Transport transport) {
    if (transport == Transport.NONE) {
      return STRUCTURED;
    }
    String type = transport.mediaType();
    if (type.startsWith(ANY)) {
      return type.equals(JSON) || type.equals(ANY)
          ? STRUCTURED
          : type.equals(BATCH_JSON) ? BATCHED : FOREIGN;
    }
    return transport.attribute(CloudEventsBindings.SPECVERSION) != null ? BINARY : STRUCTURED;
  }
}
