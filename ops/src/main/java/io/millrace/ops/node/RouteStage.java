package io.millrace.ops.node;

import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.http.HttpSources;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings source routes up in a node's Camel context and takes them out, one at a time. */
final class RouteStage implements RouteReload.Host {
  private static final Logger LOG = LoggerFactory.getLogger(RouteStage.class);

  private final CamelContext context;
  private final NodeConfig config;
  private final Map<String, Object> beans;
  private final SourceFiles files;
  private final Runnable changed;

  /**
   * A node's stage.
   *
   * @param beans what routes name as {@code ref}, by name
   * @param files who reads which file of a source
   * @param changed told when the routes that run are others
   */
  RouteStage(
      CamelContext context,
      NodeConfig config,
      Map<String, Object> beans,
      SourceFiles files,
      Runnable changed) {
    this.context = context;
    this.config = config;
    this.beans = beans;
    this.files = files;
    this.changed = changed;
  }

  /** With the real components, none of which is started: they say what of the route they refuse. */
  @Override
  public String rehearse(Path file, byte[] route) throws Exception {
    try (DefaultCamelContext trial = new DefaultCamelContext()) {
      trial.disableJMX();
      trial.setAutoStartup(false);
      trial.getShutdownStrategy().setTimeout(1);
      beans.forEach(trial.getRegistry()::bind);
      Properties properties = new Properties();
      properties.putAll(config.properties());
      trial.getPropertiesComponent().setInitialProperties(properties);
      trial.getComponent("kamelet", KameletComponent.class).setLocation(Routes.KAMELETS);
      Routes.components(
          trial, config, SlotLeases.alone(), files, new SourceRegistry(), new HttpSources());
      Routes.loadCore(trial, config);
      Set<String> core = defined(trial);
      PluginHelper.getRoutesLoader(trial)
          .loadRoutes(ResourceHelper.fromBytes(file.toString(), route));
      Set<String> own = defined(trial);
      if (own.size() != core.size() + 1) {
        throw new IllegalArgumentException("its id is one of the node's own: " + core);
      }
      trial.start();
      own.removeAll(core);
      return own.iterator().next();
    }
  }

  /** The ids of the routes that a context was told of, those that Kamelets make apart. */
  static Set<String> defined(CamelContext of) {
    return ((ModelCamelContext) of)
        .getRouteDefinitions().stream()
            .map(RouteDefinition::getRouteId)
            .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void load(Routes.SourceFile route) throws Exception {
    Set<String> before = known();
    if (before.contains(route.id())) {
      throw new IllegalArgumentException("its id is one of the node's own: " + route.id());
    }
    try {
      PluginHelper.getRoutesLoader(context)
          .loadRoutes(ResourceHelper.fromBytes(route.file().toString(), route.bytes()));
    } catch (Exception e) {
      Set<String> left = known();
      left.removeAll(before);
      for (String id : left) {
        takeOutOrSay(id);
      }
      throw e;
    }
  }

  /** The ids of all routes of the node, those that Kamelets have made and that failed as well. */
  private Set<String> known() {
    Set<String> ids = defined(context);
    context.getRoutes().forEach(r -> ids.add(r.getId()));
    return ids;
  }

  /** What a Kamelet made for it goes first: there the source is, which takes nothing in then. */
  @Override
  public void unload(String id) throws Exception {
    Set<String> inner = new TreeSet<>();
    for (Route each : context.getRoutes()) {
      if (id.equals(each.getProperties().get(Route.PARENT_PROPERTY))) {
        inner.add(each.getId());
      }
      if (each.getId().equals(id) && each.getEndpoint() instanceof KameletEndpoint kamelet) {
        inner.add(kamelet.getRouteId());
      }
    }
    for (String each : inner) {
      takeOut(each);
    }
    takeOut(id);
  }

  private void takeOut(String id) throws Exception {
    context.getRouteController().stopRoute(id, Routes.STOP_SECONDS, TimeUnit.SECONDS);
    context.removeRoute(id);
    RouteDefinition left = ((ModelCamelContext) context).getRouteDefinition(id);
    if (left != null) {
      ((ModelCamelContext) context).removeRouteDefinition(left);
    }
  }

  private void takeOutOrSay(String id) {
    try {
      takeOut(id);
    } catch (Exception e) {
      LOG.error("route {} did not start, and is not taken out either", id, e);
    }
  }

  @Override
  public void changed() {
    changed.run();
  }
}
