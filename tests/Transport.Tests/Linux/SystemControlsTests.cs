using System.Collections.Concurrent;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Tests.Linux;

public sealed class SystemControlsTests
{
    /// <summary>
    /// A key that is written at once. The kernel takes ip_forward back for a moment where it does not get a lock at once
    /// (devinet_sysctl_forward), which another thread would see.
    /// </summary>
    private const string Key = "ipv4/ip_nonlocal_bind";

    private const string KeyPath = $"/proc/sys/net/{Key}";

    [LinuxFact]
    public void What_was_changed_is_put_back() => InNamespace(() =>
    {
        using (Change()) Assert.Equal("1", Read());
        Assert.Equal("0", Read());
        Assert.Empty(File.ReadAllText(ControlRecord.PathOf(Key)));
    });

    [LinuxFact]
    public void A_value_that_will_do_is_left_alone() => InNamespace(() =>
    {
        File.WriteAllText(KeyPath, "1");
        using (Change()) Assert.Equal("1", Read());
        Assert.Equal("1", Read());
    });

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_several_need_stays_until_the_last_of_them_leaves(bool firstLeavesFirst) => InNamespace(() =>
    {
        var (first, second) = (Change(), Change());
        var (leaver, stayer) = firstLeavesFirst ? (first, second) : (second, first);
        leaver.Dispose();
        Assert.Equal("1", Read());
        stayer.Dispose();
        Assert.Equal("0", Read());
    });

    [LinuxFact]
    public void What_another_process_needs_stays_and_when_it_was_killed_its_successor_puts_it_back() => InNamespace(() =>
    {
        var changed = Change();
        using var other = new LockHolder($"exec 9<'{ControlRecord.PathOf(Key)}'; flock -s 9");
        changed.Dispose();
        Assert.Equal("1", Read());

        other.Kill();
        Assert.Equal("1", Read());
        Change().Dispose();
        Assert.Equal("0", Read());
    });

    [LinuxFact]
    public void What_was_left_behind_in_another_namespace_or_boot_is_not_believed() => InNamespace(() =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ControlRecord.PathOf(Key))!);
        File.WriteAllText(ControlRecord.PathOf(Key), $"{Guid.NewGuid()}/1 1");
        Change().Dispose();
        Assert.Equal("0", Read());
    });

    [LinuxFact]
    public void Namespaces_share_nothing()
    {
        using var one = NetworkNamespace.Create();
        using var other = NetworkNamespace.Create();
        Assert.NotEqual(one.Run(() => ControlRecord.PathOf(Key)), other.Run(() => ControlRecord.PathOf(Key)));
        Assert.NotEqual(one.Run(() => ControlRecord.CurrentNetwork), other.Run(() => ControlRecord.CurrentNetwork));
    }

    [LinuxFact]
    public void However_many_come_and_go_none_loses_what_it_needs() => InNamespace(() =>
    {
        const int Users = 8;
        const int Times = 200;
        var failures = new ConcurrentQueue<string>();

        // A thread is in the namespace of the one that starts it.
        var threads = Enumerable.Range(0, Users).Select(_ => new Thread(() =>
        {
            try
            {
                for (var i = 0; i < Times; i++)
                {
                    using var changed = Change();
                    Assert.Equal("1", Read());
                }
            }
            catch (Exception error)
            {
                failures.Enqueue(error.ToString());
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.True(failures.IsEmpty, string.Join(Environment.NewLine, failures));
        Assert.Equal("0", Read());
    });

    private static SystemControls Change()
    {
        var controls = new SystemControls();
        controls.Ensure(Key, "1");
        return controls;
    }

    private static string Read() => File.ReadAllText(KeyPath).Trim();

    private static void InNamespace(Action test)
    {
        using var network = NetworkNamespace.Create();
        network.Run(() =>
        {
            File.WriteAllText(KeyPath, "0"); // a namespace begins with the host's
            test();
        });
    }
}
