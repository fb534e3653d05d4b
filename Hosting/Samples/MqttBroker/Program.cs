// An MQTT broker (MQTTnet) whose clients stay connected while its process is replaced. Run it as root, or with CAP_NET_ADMIN,
// e.g. with
//   --Log=/var/lib/mqtt.db --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32 --ActorStack:TakeOver:Socket=/run/mqtt.sock
// and subscribe from a peer that routes 10.9.0.1 here: mosquitto_sub -h 10.9.0.1 -i listener -q 1 -t '#'
// For a deploy start the new version with the same options and --ActorStack:TakeOver:Enabled=true: no client sees an end of its
// connection, and each message comes once.
using ActorStack.Hosting;
using ActorStack.Samples.MqttBroker;
using ActorStack.Samples.SharedLog;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

const int MqttPort = 1883;

var builder = Host.CreateApplicationBuilder(args);
var log = builder.Configuration.GetValue("Log", "mqtt.db");
builder.Services
    .AddSingleton(_ => new MessageLog(log))
    .AddSingleton<Broker>()
    .AddActorStack()
    .AddConnectionHandler<BrokerHandler>("mqtt", MqttPort);
return await builder.Build().RunToExitCodeAsync();
