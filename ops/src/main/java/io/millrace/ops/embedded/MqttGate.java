package io.millrace.ops.embedded;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.flush.FlushConsolidationHandler;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTInterceptor;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTUtil;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnection;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Sees each packet before Artemis does. Joins what is written to a client, which Artemis would
 * flush packet by packet, and makes the address of each subscription, because publishing makes
 * none.
 */
final class MqttGate implements MQTTInterceptor {
  private static final int FLUSH_AFTER_PACKETS = 256;

  private final ActiveMQServer server;

  MqttGate(ActiveMQServer server) {
    this.server = server;
  }

  @Override
  public boolean intercept(MqttMessage packet, RemotingConnection from) throws ActiveMQException {
    if (packet.fixedHeader().messageType() == MqttMessageType.CONNECT
        && from.getTransportConnection() instanceof NettyConnection netty) {
      netty
          .getNettyChannel()
          .pipeline()
          .addFirst(new FlushConsolidationHandler(FLUSH_AFTER_PACKETS, true));
    } else if (packet instanceof MqttSubscribeMessage subscribe) {
      for (MqttTopicSubscription s : subscribe.payload().topicSubscriptions()) {
        makeAddress(s.topicFilter());
      }
    }
    return true;
  }

  private void makeAddress(String filter) throws ActiveMQException {
    String topic = MQTTUtil.decomposeSharedSubscriptionTopicFilter(filter).getB();
    SimpleString address =
        SimpleString.of(
            MQTTUtil.getCoreAddressFromMqttTopic(
                topic, server.getConfiguration().getWildcardConfiguration()));
    try {
      if (server.getAddressInfo(address) == null) {
        server.addAddressInfo(new AddressInfo(address, RoutingType.MULTICAST));
      }
    } catch (ActiveMQException e) {
      throw e;
    } catch (Exception e) {
      throw new ActiveMQException("no address for " + filter, e, null);
    }
  }
}
