namespace ActorStack.Transport.Linux;

/// <summary>
/// Keys of /proc/sys/net that had to be changed. Disposing puts back those that nobody else in the network namespace needs, as
/// they were before the first, also where a killed one did not.
/// </summary>
internal sealed class SystemControls : IDisposable
{
    private readonly List<SystemControl> _controls = [];

    /// <summary>Each key with what sets it again where another changed it.</summary>
    public IEnumerable<HostPart> Parts =>
        _controls.Select(control => new HostPart($"system control {control.Key}", control.Ensure));

    /// <summary>Sets the key unless it already has one of the values that will do; the first is the one written.</summary>
    public void Ensure(string key, params string[] sufficient)
    {
        var control = new SystemControl(key, sufficient);
        _controls.Add(control);
        control.Ensure();
    }

    /// <summary>One that fails does not keep the others from being put back.</summary>
    public void Dispose()
    {
        List<LinuxException> failures = [];
        foreach (var control in Enumerable.Reverse(_controls))
        {
            try
            {
                control.Dispose();
            }
            catch (LinuxException error)
            {
                failures.Add(error);
            }
        }

        _controls.Clear();
        if (failures.Count > 0) throw new LinuxException(string.Join("; ", failures.Select(failure => failure.Message)));
    }
}
