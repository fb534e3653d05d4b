using System.Diagnostics;
using ActorStack.Hosting.Tests.Documents;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>The unit files, as systemd reads them.</summary>
public sealed class SystemdUnitTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-unit-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>The program is one that is there, because systemd looks for it.</summary>
    [ToolTheory("systemd-analyze")]
    [InlineData("Hosting/Systemd/actorstack.service", "/usr/bin/actorstack")]
    [InlineData("Hosting/Templates/Service/Company.Service.service", "/opt/Company.Service/Company.Service")]
    public async Task Systemd_has_nothing_to_say_against_a_unit(string file, string program)
    {
        var unit = await File.ReadAllTextAsync(Path.Combine(Document.Root, file), Patience.Token());
        Assert.Contains(program, unit, StringComparison.Ordinal);
        var copy = Path.Combine(_directory.FullName, Path.GetFileName(file));
        await File.WriteAllTextAsync(copy, unit.Replace(program, "/bin/true", StringComparison.Ordinal), Patience.Token());

        var verify = new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", copy])
        {
            RedirectStandardError = true,
        };
        using var systemd = Process.Start(verify)!;
        var complaints = await systemd.StandardError.ReadToEndAsync(Patience.Token());
        await systemd.WaitForExitAsync(Patience.Token());
        Assert.Equal(("", 0), (complaints, systemd.ExitCode));
    }
}
