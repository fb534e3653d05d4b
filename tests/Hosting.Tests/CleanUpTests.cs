using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

public sealed class CleanUpTests
{
    [LinuxFact]
    public async Task After_SIGTERM_nothing_is_left_behind()
    {
        using var lab = new Laboratory();
        var before = lab.Server.Fingerprint();
        using (var service = await lab.StartServiceAsync(Patience.Token()))
        {
            Assert.NotEqual(before, lab.Server.Fingerprint());
            Signal.Terminate(service.Id);
            Assert.Equal(0, await service.WaitAsync(Patience.Token()));
        }

        Assert.Equal(before, lab.Server.Fingerprint());
        Assert.False(File.Exists(lab.ControlSocket));
    }

    [LinuxFact]
    public async Task After_kill_9_a_restart_serves_and_its_stop_leaves_nothing_behind()
    {
        using var lab = new Laboratory();
        var before = lab.Server.Fingerprint();
        using (var killed = await lab.StartServiceAsync(Patience.Token())) killed.Kill();
        using (var service = await lab.StartServiceAsync(Patience.Token()))
        {
            Assert.Empty(await lab.Control.ListConnectionsAsync(ended: false, Patience.Token()));
            Signal.Terminate(service.Id);
            Assert.Equal(0, await service.WaitAsync(Patience.Token()));
        }

        Assert.Equal(before, lab.Server.Fingerprint());
        Assert.False(File.Exists(lab.ControlSocket));
    }
}
