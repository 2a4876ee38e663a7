package io.millrace.ops.node;

import io.millrace.connectors.amqp.AmqpSourceComponent;
import io.millrace.connectors.http.HttpSourceComponent;
import io.millrace.connectors.kafka.KafkaSourceComponent;
import io.millrace.connectors.mqtt.MqttComponent;
import io.millrace.connectors.pulsar.PulsarSourceComponent;
import io.millrace.connectors.sftp.SftpSourceComponent;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.source.SourceState;
import io.millrace.ops.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;

/** The sources of a node, and an operator's two verbs for them. */
public final class SourceDesk {
  /** What a route begins with that is no source, or one that the registry knows. */
  private static final Set<String> INNER =
      Set.of(
          "direct",
          "timer",
          "platform-http",
          "kamelet",
          MqttComponent.SCHEME,
          KafkaSourceComponent.SCHEME,
          AmqpSourceComponent.SCHEME,
          PulsarSourceComponent.SCHEME,
          SftpSourceComponent.SCHEME,
          HttpSourceComponent.SCHEME);

  private final CamelContext context;
  private final SourceRegistry registry;

  SourceDesk(CamelContext context, SourceRegistry registry) {
    this.context = context;
    this.registry = registry;
  }

  /** All sources, by name. */
  public List<SourceFace> all() {
    List<SourceFace> all = new ArrayList<>();
    for (SourceState source : registry.all()) {
      all.add(face(source));
    }
    for (Route route : context.getRoutes()) {
      if (isSource(route)) {
        all.add(
            new SourceFace(
                route.getId(), scheme(route), state(route.getId()), List.of(), Optional.empty()));
      }
    }
    all.sort(Comparator.comparing(SourceFace::name));
    return all;
  }

  private static SourceFace face(SourceState source) {
    SourceFace.State state =
        switch (source.phase()) {
          case RUNNING -> SourceFace.State.RUNNING;
          case WAITING -> SourceFace.State.WAITING;
          case SUSPENDED -> SourceFace.State.SUSPENDED;
          case STOPPED -> SourceFace.State.STOPPED;
        };
    return new SourceFace(source.name(), source.kind(), state, source.slots(), source.lag());
  }

  /** Routes that keep no state of their own as sources: their state is the route's. */
  private static boolean isSource(Route route) {
    return route.getProperties().get(Route.KAMELET_PROPERTY) == null
        && !INNER.contains(scheme(route));
  }

  private static String scheme(Route route) {
    String uri = route.getEndpoint().getEndpointUri();
    int colon = uri.indexOf(':');
    return colon < 0 ? uri : uri.substring(0, colon);
  }

  private SourceFace.State state(String route) {
    ServiceStatus status = context.getRouteController().getRouteStatus(route);
    if (status == null || status.isStopped() || status.isStopping()) {
      return SourceFace.State.STOPPED;
    }
    return status.isSuspended() || status.isSuspending()
        ? SourceFace.State.SUSPENDED
        : SourceFace.State.RUNNING;
  }

  /** The source of this name. */
  public SourceFace find(String name) throws Refusal {
    return all().stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    Refusal.Kind.UNKNOWN,
                    "unknown-source",
                    "this node runs no source of that name",
                    "GET /ops/sources and `./millrace source list` name them"));
  }

  /** Tries what a source needs of its broker; consumes nothing. */
  public List<SourceCheck> test(String name) throws Refusal {
    SourceFace face = find(name);
    return registry
        .find(name)
        .map(SourceState::test)
        .orElseThrow(
            () ->
                new Refusal(
                    Refusal.Kind.REFUSED,
                    "no-test",
                    "a source of kind " + face.kind() + " has nothing to try",
                    "look at its state, and at the node's log"));
  }

  /** Has a source take nothing more in; what is in flight is finished. */
  public SourceFace suspend(String name) throws Exception {
    find(name);
    Optional<SourceState> source = registry.find(name);
    if (source.isPresent()) {
      source.get().suspend();
    } else {
      context.getRouteController().suspendRoute(name);
    }
    return find(name);
  }

  /** Has a source go on. */
  public SourceFace resume(String name) throws Exception {
    boolean stopped = find(name).state() == SourceFace.State.STOPPED;
    Optional<SourceState> source = registry.find(name);
    if (source.isPresent()) {
      source.get().resume();
    } else if (stopped) {
      context.getRouteController().startRoute(name);
    } else {
      context.getRouteController().resumeRoute(name);
    }
    return find(name);
  }
}
