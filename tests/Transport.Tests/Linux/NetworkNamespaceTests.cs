using System.Net;
using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Tests.Linux;

public sealed class NetworkNamespaceTests
{
    [LinuxFact]
    public void Sockets_made_inside_belong_to_the_namespace()
    {
        using var one = NetworkNamespace.Create();
        using var other = NetworkNamespace.Create();
        one.AddVeth(other, "a", "b", ["10.77.0.1/24", "fd00:77::1/64"], ["10.77.0.2/24", "fd00:77::2/64"]);

        foreach (var address in new[] { "10.77.0.1", "fd00:77::1" })
        {
            using var listener = one.Run(() =>
            {
                var made = new TcpListener(IPAddress.Parse(address), 0);
                made.Start();
                return made;
            });
            using var client = other.Run(() => new TcpClient(address, ((IPEndPoint)listener.LocalEndpoint).Port));
            using var accepted = listener.AcceptTcpClient();
            client.GetStream().WriteByte(42);
            Assert.Equal(42, accepted.GetStream().ReadByte());
        }
    }

    [LinuxFact]
    public void Children_start_inside_the_namespace()
    {
        using var one = NetworkNamespace.Create();
        one.Ip("link", "add", "name", "marker", "type", "bridge");
        Assert.Contains("marker", one.Execute("ip", "-brief", "link"));
    }

    [LinuxFact]
    public void The_host_sees_nothing_of_it()
    {
        using var one = NetworkNamespace.Create();
        one.Ip("link", "add", "name", "hidden0", "type", "bridge");
        Assert.DoesNotContain("hidden0", File.ReadAllText("/proc/self/net/dev"));
    }

    [LinuxFact]
    public void A_failing_tool_says_what_it_complained_of()
    {
        using var one = NetworkNamespace.Create();
        var error = Assert.Throws<LinuxException>(() => one.Ip("link", "set", "absent", "up"));
        Assert.Contains("absent", error.Message);
        Assert.Contains("ip link set", error.Message);
    }

    [LinuxFact]
    public void One_processor_receives_all_segments_of_a_flow_where_the_kernel_can_have_it_so()
    {
        const string Receivers = "/proc/sys/net/core/rps_default_mask";
        using var made = NetworkNamespace.Create();

        var mask = made.Run(() => File.Exists(Receivers) ? File.ReadAllText(Receivers).Trim() : null);

        Assert.True(mask is null || mask.Any(digit => digit is not ('0' or ',')), $"the mask is '{mask}'");
    }
}
