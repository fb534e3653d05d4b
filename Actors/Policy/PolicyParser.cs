using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ActorStack.Transport.Wire;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorStack.Actors.Policy;

/// <summary>Reads <c>actorstack.policy</c>. Every error names the path and the values that are allowed there.</summary>
internal sealed partial class PolicyParser(IReadOnlyCollection<string> engines)
{
    private const string Root = "actorstack.policy";

    private static readonly string[] Keys =
        ["rules", "hold", "leave-ratio", "rate-window", "min-stay", "max-moves", "moves-window", "backoff", "max-backoff"];

    private static readonly string[] RuleKeys = ["name", "match", "action", "engine", "hold"];

    private static readonly string[] MatchKeys =
    [
        "local-port", "remote-port", "local", "remote", "min-bytes", "max-bytes", "min-rate", "max-rate",
        "min-age", "max-age", "min-rtt", "max-rtt",
    ];

    private static readonly Dictionary<string, double> Sizes = new()
    {
        ["B"] = 1,
        ["kB"] = 1e3,
        ["MB"] = 1e6,
        ["GB"] = 1e9,
        ["KiB"] = 1 << 10,
        ["MiB"] = 1 << 20,
        ["GiB"] = 1 << 30,
    };

    private static readonly Dictionary<string, double> Rates = new()
    {
        ["bit"] = 1,
        ["kbit"] = 1e3,
        ["Mbit"] = 1e6,
        ["Gbit"] = 1e9,
    };

    private static readonly Dictionary<string, double> Times = new()
    {
        ["us"] = TimeSpan.TicksPerMicrosecond,
        ["ms"] = TimeSpan.TicksPerMillisecond,
        ["s"] = TimeSpan.TicksPerSecond,
        ["m"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour,
    };

    public OffloadPolicy Parse(Config? section)
    {
        var items = section is null || section.IsEmpty ? [] : Object(section.Root, Root, Keys);
        var defaults = OffloadPolicy.None;
        var hold = Time(items, Root, "hold") ?? defaults.Hold;
        return new OffloadPolicy
        {
            Rules = Rules(items, hold),
            Hold = hold,
            LeaveRatio = Number(items, Root, "leave-ratio", above: 0, upTo: 1) ?? defaults.LeaveRatio,
            RateWindow = Time(items, Root, "rate-window") ?? defaults.RateWindow,
            MinimumStay = Time(items, Root, "min-stay") ?? defaults.MinimumStay,
            MaximumMoves = (int)(
                Number(items, Root, "max-moves", above: 0, OffloadPolicy.MaximumMovesRemembered) ?? defaults.MaximumMoves),
            MovesWindow = Time(items, Root, "moves-window") ?? defaults.MovesWindow,
            Backoff = Time(items, Root, "backoff") ?? defaults.Backoff,
            MaximumBackoff = Time(items, Root, "max-backoff") ?? defaults.MaximumBackoff,
        };
    }

    private List<PolicyRule> Rules(Dictionary<string, HoconValue> items, TimeSpan hold)
    {
        var rules = new List<PolicyRule>();

        if (!items.TryGetValue("rules", out var value)) return rules;

        // Akka's HOCON does not report an empty list as an array, and reports [ ] as an array with one empty value, so the
        // elements are checked.
        if (value.Values.OfType<HoconArray>().FirstOrDefault() is not { } list)
            throw Wrong($"{Root}.rules", "is no list", "a list of rules: [ { name = ..., match = { ... }, action = ... } ]");
        foreach (var element in list.Where(element => !element.IsEmpty))
        {
            var rule = Rule(element, $"{Root}.rules[{rules.Count}]", hold);
            if (rules.Exists(other => other.Name == rule.Name))
                throw Wrong($"{Root}.rules[{rules.Count}].name", $"'{rule.Name}' is taken", "a name no other rule has");
            rules.Add(rule);
        }

        return rules;
    }

    private PolicyRule Rule(HoconValue value, string path, TimeSpan hold)
    {
        var items = Object(value, path, RuleKeys);
        var name = Text(items, "name") ?? throw Wrong($"{path}.name", "is missing", "a name for records and logs");
        var match = items.TryGetValue("match", out var conditions) ? Object(conditions, $"{path}.match", MatchKeys) : [];
        var action = Action(items, path);
        return new PolicyRule(name, action)
        {
            Engine = Engine(items, path, action),
            Hold = Time(items, path, "hold") ?? hold,
            LocalPorts = Ports(match, path, "local-port"),
            RemotePorts = Ports(match, path, "remote-port"),
            Local = Prefixes(match, path, "local"),
            Remote = Prefixes(match, path, "remote"),
            Limits = Limits(match, $"{path}.match"),
        };
    }

    private static PolicyLimits Limits(Dictionary<string, HoconValue> items, string path) => new()
    {
        MinBytes = Size(items, path, "min-bytes"),
        MaxBytes = Size(items, path, "max-bytes"),
        MinRate = Rate(items, path, "min-rate"),
        MaxRate = Rate(items, path, "max-rate"),
        MinAge = Time(items, path, "min-age"),
        MaxAge = Time(items, path, "max-age"),
        MinRtt = Time(items, path, "min-rtt"),
        MaxRtt = Time(items, path, "max-rtt"),
    };

    private static PolicyAction Action(Dictionary<string, HoconValue> items, string path) => Text(items, "action") switch
    {
        "offload" => PolicyAction.Offload,
        "upload" => PolicyAction.Upload,
        "stay" => PolicyAction.Stay,
        null => throw Wrong($"{path}.action", "is missing", "offload, upload, stay"),
        var other => throw Wrong($"{path}.action", $"is '{other}'", "offload, upload, stay"),
    };

    private string Engine(Dictionary<string, HoconValue> items, string path, PolicyAction action)
    {
        var engine = Text(items, "engine");
        var known = engines.Count > 0 ? string.Join(", ", engines) : "none: the stack has no engine";
        if (action != PolicyAction.Offload)
            return engine is null ? "" : throw Wrong($"{path}.engine", $"is '{engine}'", "an engine only with action = offload");
        if (engine is null) throw Wrong($"{path}.engine", "is missing", known);
        return engines.Contains(engine) ? engine : throw Wrong($"{path}.engine", $"is '{engine}'", known);
    }

    private static PortRange[] Ports(Dictionary<string, HoconValue> items, string path, string key) => List(items, key, text =>
    {
        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        return ends.Length <= 2 && TryPort(ends[0], out var first) && TryPort(ends[^1], out var last) && first <= last
            ? new PortRange(first, last)
            : throw Wrong($"{path}.match.{key}", $"has '{text}'", "ports 1 to 65535 and ranges: 443, 8000-8999");
    });

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;

    private static AddressPrefix[] Prefixes(
        Dictionary<string, HoconValue> items, string path, string key) => List(items, key, text =>
    {
        const string Allowed = "addresses and prefixes without host bits: 10.0.0.0/8, fd00::/8";
        if (IPAddress.TryParse(text, out var single))
        {
            var address = IpAddress.From(single);
            return new AddressPrefix(address, address.Length * 8);
        }

        return IPNetwork.TryParse(text, out var network) && IPAddress.Parse(text.Split('/')[0]).Equals(network.BaseAddress)
            ? new AddressPrefix(IpAddress.From(network.BaseAddress), network.PrefixLength)
            : throw Wrong($"{path}.match.{key}", $"has '{text}'", Allowed);
    });

    private static T[] List<T>(Dictionary<string, HoconValue> items, string key, Func<string, T> read)
    {
        if (!items.TryGetValue(key, out var value)) return [];
        var texts = value.IsArray() ? value.GetStringList() : value.GetString().Split(',');
        return [.. texts.Select(text => read(text.Trim()))];
    }

    private static long? Size(Dictionary<string, HoconValue> items, string path, string key) =>
        (long?)Quantity(items, path, key, Sizes, "B", "a size: 64KiB, 1MB");

    private static double? Rate(Dictionary<string, HoconValue> items, string path, string key) =>
        Quantity(items, path, key, Rates, null, "a rate per second: 500kbit, 10Mbit, 1Gbit");

    private static TimeSpan? Time(Dictionary<string, HoconValue> items, string path, string key) =>
        Quantity(items, path, key, Times, null, "a time: 200us, 50ms, 5s, 1m") is { } ticks
            ? TimeSpan.FromTicks((long)ticks)
            : null;

    private static double? Number(Dictionary<string, HoconValue> items, string path, string key, double above, double upTo)
    {
        if (Text(items, key) is not { } text) return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > above
            && number <= upTo
            ? number
            : throw Wrong($"{path}.{key}", $"is '{text}'", $"a number above {above}, up to {upTo}");
    }

    private static double? Quantity(
        Dictionary<string, HoconValue> items, string path, string key, Dictionary<string, double> units, string? plain,
        string allowed)
    {
        if (Text(items, key) is not { } text) return null;
        var parts = QuantityPattern().Match(text);
        var unit = parts.Groups["unit"] is { Length: > 0 } written ? written.Value : plain;
        if (parts.Success && unit is not null && units.TryGetValue(unit, out var factor)
            && double.Parse(parts.Groups["number"].Value, CultureInfo.InvariantCulture) * factor is var quantity
            && quantity < long.MaxValue)
            return quantity;
        throw Wrong($"{path}.{key}", $"is '{text}'", allowed);
    }

    private static string? Text(Dictionary<string, HoconValue> items, string key) =>
        items.TryGetValue(key, out var value) ? value.GetString()?.Trim() : null;

    private static Dictionary<string, HoconValue> Object(HoconValue value, string path, string[] allowed)
    {
        if (!value.IsObject()) throw Wrong(path, "is no block", $"{{ {string.Join(", ", allowed)} }}");
        var items = value.GetObject().Items;
        foreach (var key in items.Keys.Where(key => !allowed.Contains(key)))
            throw Wrong($"{path}.{key}", "is unknown", string.Join(", ", allowed));
        return items;
    }

    private static ConfigurationException Wrong(string path, string what, string allowed) =>
        new($"{path} {what}; allowed: {allowed}");

    [GeneratedRegex(@"^(?<number>\d{1,15}(\.\d+)?)\s*(?<unit>[A-Za-z]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex QuantityPattern();
}
