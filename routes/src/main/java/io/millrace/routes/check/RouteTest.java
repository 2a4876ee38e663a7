package io.millrace.routes.check;

import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.mediation.DryMediation.Device;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The test of a route, as it lies beside it: payloads in, and what becomes of them.
 *
 * @param catalog the catalog's file, relative to the test; the smart city's where absent
 * @param devices whose events are known
 */
record RouteTest(String file, Optional<String> catalog, List<Device> devices, List<Case> cases) {
  RouteTest {
    devices = List.copyOf(devices);
    cases = List.copyOf(cases);
  }

  /**
   * One payload.
   *
   * @param at where it stands in the file
   * @param expected what is to become of its events, in the order in which they are told
   */
  record Case(Place at, String name, Payload payload, List<Expected> expected) {}

  /** A line and a column, both from 1. */
  record Place(int line, int column) {}

  /** What is to become of an event. */
  sealed interface Expected {
    Place at();

    /** Usage with these members: subject, type, id, time, or a meter's name. */
    record Usage(Place at, Map<String, String> members) implements Expected {}

    /** Suspense for this reason. */
    record Suspended(Place at, String reason) implements Expected {}
  }
}
