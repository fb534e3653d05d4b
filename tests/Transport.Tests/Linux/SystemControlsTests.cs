using ActorStack.TestKit;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Tests.Linux;

public sealed class SystemControlsTests : IDisposable
{
    private const string Key = "ipv4/ip_forward";
    private const string Path = $"/proc/sys/net/{Key}";

    private readonly string _record = System.IO.Path.GetTempFileName();

    public SystemControlsTests() => File.Delete(_record);

    public void Dispose() => File.Delete(_record);

    [LinuxFact]
    public void What_was_changed_is_put_back() => InNamespace(() =>
    {
        using (var controls = new SystemControls(_record))
        {
            controls.Ensure(Key, "1");
            Assert.Equal("1", Read());
        }

        Assert.Equal("0", Read());
        Assert.False(File.Exists(_record));
    });

    [LinuxFact]
    public void The_successor_of_a_killed_process_puts_back_what_that_one_found() => InNamespace(() =>
    {
        new SystemControls(_record).Ensure(Key, "1");
        using (var successor = new SystemControls(_record)) successor.Ensure(Key, "1");
        Assert.Equal("0", Read());
    });

    [LinuxFact]
    public void What_an_earlier_boot_of_the_machine_left_behind_is_not_believed() => InNamespace(() =>
    {
        new SystemControls(_record).Ensure(Key, "1");
        var left = File.ReadAllText(_record);
        File.WriteAllText(_record, $"{Guid.NewGuid()}{left[left.IndexOf('/')..]}");
        using (var successor = new SystemControls(_record)) successor.Ensure(Key, "1");
        Assert.Equal("1", Read());
    });

    private static string Read() => File.ReadAllText(Path).Trim();

    private static void InNamespace(Action test)
    {
        using var network = NetworkNamespace.Create();
        network.Run(() =>
        {
            File.WriteAllText(Path, "0"); // a namespace begins with the host's
            test();
        });
    }
}
