package io.millrace.ops.demo.generator;

import java.io.IOException;

/** The publisher thread's own counts; copied out once a round. */
final class Tally {
  long published;
  long acknowledged;
  long resent;
  long refused;
  private String trouble = "";

  /** Remembers why a connection was lost; it is told when the publisher gives up. */
  void trouble(IOException why) {
    String message = why.getMessage();
    trouble = message == null ? why.getClass().getSimpleName() : message;
  }

  void refused(int reason) {
    refused++;
    trouble =
        reason == MqttWire.NO_MATCHING_SUBSCRIBERS
            ? "nobody subscribes to lamps/+/report"
            : "the broker refused a message: reason " + MqttWire.hex(reason);
  }

  /** The last trouble; empty where there was none. */
  String trouble() {
    return trouble;
  }
}
