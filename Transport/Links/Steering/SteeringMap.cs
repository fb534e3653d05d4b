using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// The flows that are steered, each with the mark of its owner, here and in the kernel's nftables. One thread at a time, any
/// thread. Opened in the network namespace of the calling thread.
/// </summary>
internal sealed class SteeringMap : IDisposable
{
    private readonly FlowSteeringSettings _settings;
    private readonly SteeringRules[] _rules;
    private readonly NftablesNetlink _nftables;
    private readonly Dictionary<FlowKey, uint> _flows = [];
    private readonly byte[]?[] _installed;
    private uint _undisturbed;

    private SteeringMap(FlowSteeringSettings settings, NftablesNetlink nftables)
    {
        _settings = settings;
        _nftables = nftables;
        _rules = [.. settings.Versions.Select(isIPv6 => new SteeringRules(settings, isIPv6))];
        _installed = new byte[_rules.Length][];
    }

    public int Count => _flows.Count;

    /// <summary>Throws <see cref="LinuxException"/> that says what to do; nothing is then left behind.</summary>
    public static SteeringMap Install(FlowSteeringSettings settings)
    {
        var map = new SteeringMap(settings, Open());
        try
        {
            map.RemoveTables();
            map.Install();
            return map;
        }
        catch (LinuxException)
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>
    /// True where something else had changed the tables or the elements. As long as the number of changes to nftables is what
    /// it was plus the own ones, nothing has to be looked at.
    /// </summary>
    public bool Ensure()
    {
        var generation = _nftables.ReadGeneration();
        if (generation - _nftables.Commits == _undisturbed) return false;
        if (!IsAsInstalled())
        {
            Install();
            return true;
        }

        _undisturbed = generation - _nftables.Commits;
        return false;
    }

    /// <summary>Gives the flows the mark. Where it throws, those of the last request have the marks they had.</summary>
    public void Set(ReadOnlySpan<FlowKey> flows, uint mark)
    {
        for (var i = 0; i < flows.Length; i += NftablesElements.Most)
            SetSome(flows[i..Math.Min(flows.Length, i + NftablesElements.Most)], mark);
    }

    public void Remove(ReadOnlySpan<FlowKey> flows)
    {
        for (var i = 0; i < flows.Length; i += NftablesElements.Most)
            RemoveSome(flows[i..Math.Min(flows.Length, i + NftablesElements.Most)]);
    }

    public void RemoveAll(uint mark) =>
        Remove((FlowKey[])[.. _flows.Where(flow => flow.Value == mark).Select(flow => flow.Key)]);

    public void Clear()
    {
        _flows.Clear();
        var transaction = new NftablesTransaction();
        foreach (var rules in _rules) transaction.Flush(rules.Family, rules.Table, SteeringRules.MapName);
        if (_nftables.Commit(transaction) is not 0 and var error) Repair("clearing the steering", error);
    }

    public void Dispose()
    {
        using (_nftables) RemoveTables();
    }

    private static NftablesNetlink Open()
    {
        try
        {
            return new NftablesNetlink();
        }
        catch (LinuxException error) when (error.ErrorNumber is Libc.EPROTONOSUPPORT or Libc.EAFNOSUPPORT)
        {
            throw NoNftables(error.ErrorNumber);
        }
    }

    private static LinuxException NoNftables(int error) => new(
        "flow steering needs nftables of the kernel, with tables of IPv4 and IPv6: run `modprobe nf_tables`, or use a kernel "
            + $"with CONFIG_NF_TABLES, CONFIG_NF_TABLES_IPV4 and CONFIG_NF_TABLES_IPV6 (error {error})");

    private void RemoveTables()
    {
        foreach (var isIPv6 in new[] { false, true })
        {
            var rules = new SteeringRules(_settings, isIPv6);
            var error = _nftables.Commit(new NftablesTransaction().RemoveTable(rules.Family, rules.Table));
            if (error is 0 or Libc.ENOENT or Libc.EAFNOSUPPORT or Libc.EOPNOTSUPP) continue;
            throw new LinuxException($"removing the nftables table {rules.Table}", error);
        }
    }

    private void Install()
    {
        var transaction = new NftablesTransaction();
        foreach (var rules in _rules) rules.AddTo(transaction);
        var error = _nftables.Commit(transaction);
        if (error is Libc.EOPNOTSUPP or Libc.EAFNOSUPPORT or Libc.EPROTONOSUPPORT) throw NoNftables(error);
        if (error != 0) throw new LinuxException("installing the nftables tables of the steering", error);
        for (var i = 0; i < _rules.Length; i++) _installed[i] = Read(_rules[i]);
        foreach (var owned in _flows.GroupBy(flow => flow.Value, flow => flow.Key))
        {
            foreach (var some in owned.Chunk(NftablesElements.Most)) Restore(some, owned.Key);
        }

        _undisturbed = _nftables.ReadGeneration() - _nftables.Commits;
    }

    private void Restore(FlowKey[] flows, uint mark)
    {
        var transaction = new NftablesTransaction();
        foreach (var rules in _rules) AppendElements(transaction, rules, flows, mark);
        if (_nftables.Commit(transaction) is not 0 and var error) throw new LinuxException("filling the steering", error);
    }

    private byte[]? Read(SteeringRules rules) => _nftables.Read(rules.Family, rules.Table, rules.Chains);

    private bool IsAsInstalled()
    {
        for (var i = 0; i < _rules.Length; i++)
        {
            if (Read(_rules[i]) is not { } present || !present.AsSpan().SequenceEqual(_installed[i])) return false;
        }

        var found = 0;
        var isOther = false;
        return _rules.All(rules => _nftables.ReadElements(rules.Family, rules.Table, SteeringRules.MapName, (key, mark) =>
        {
            found++;
            isOther |= key.Length != SteeringKey.Length(rules.IsIPv6)
                || !_flows.TryGetValue(SteeringKey.Read(key), out var expected) || expected != mark;
        })) && !isOther && found == _flows.Count;
    }

    private void SetSome(ReadOnlySpan<FlowKey> flows, uint mark)
    {
        List<FlowKey> added = [];
        List<(FlowKey Flow, uint Mark)> replaced = [];
        foreach (var flow in flows)
        {
            if (!_flows.TryGetValue(flow, out var before)) added.Add(flow);
            else if (before != mark) replaced.Add((flow, before));
            else continue;
            _flows[flow] = mark;
        }

        if (added.Count + replaced.Count == 0) return;
        if (_flows.Count > _settings.Capacity)
        {
            TakeBack(added, replaced);
            throw new LinuxException($"the steering is full: {_settings.Capacity} flows are its capacity; set it higher");
        }

        FlowKey[] others = [.. replaced.Select(one => one.Flow)];
        var transaction = new NftablesTransaction();
        foreach (var rules in _rules)
        {
            AppendElements(transaction, rules, others, mark: null);
            AppendElements(transaction, rules, [.. others, .. added], mark);
        }

        if (_nftables.Commit(transaction) is not 0 and var error)
            Repair("steering flows", error, () => TakeBack(added, replaced));
    }

    private void TakeBack(List<FlowKey> added, List<(FlowKey Flow, uint Mark)> replaced)
    {
        foreach (var flow in added) _flows.Remove(flow);
        foreach (var (flow, mark) in replaced) _flows[flow] = mark;
    }

    private void RemoveSome(ReadOnlySpan<FlowKey> flows)
    {
        List<FlowKey> removed = [];
        foreach (var flow in flows)
        {
            if (_flows.Remove(flow)) removed.Add(flow);
        }

        if (removed.Count == 0) return;
        var transaction = new NftablesTransaction();
        foreach (var rules in _rules) AppendElements(transaction, rules, [.. removed], mark: null);
        if (_nftables.Commit(transaction) is not 0 and var error) Repair("ending the steering of flows", error);
    }

    /// <summary>
    /// Something else has taken away what the request was about: the whole is put back, with the change in it. Any other error
    /// is the caller's to know.
    /// </summary>
    private void Repair(string attempt, int error, Action? takeBack = null)
    {
        try
        {
            if (error is not (Libc.ENOENT or Libc.EEXIST)) throw new LinuxException(attempt, error);
            Install();
        }
        catch (LinuxException)
        {
            takeBack?.Invoke();
            _undisturbed--; // whatever the kernel has now, the next look compares it
            throw;
        }
    }

    private static void AppendElements(NftablesTransaction transaction, SteeringRules rules, FlowKey[] flows, uint? mark)
    {
        if (!Array.Exists(flows, flow => flow.Local.Address.IsIPv6 == rules.IsIPv6)) return;
        using var elements = mark is null
            ? transaction.RemoveElements(rules.Family, rules.Table, SteeringRules.MapName)
            : transaction.AddElements(rules.Family, rules.Table, SteeringRules.MapName);
        Span<byte> key = stackalloc byte[SteeringKey.MaximumLength];
        foreach (var flow in flows)
        {
            if (flow.Local.Address.IsIPv6 == rules.IsIPv6) elements.Add(SteeringKey.Write(flow, key), mark);
        }
    }
}
