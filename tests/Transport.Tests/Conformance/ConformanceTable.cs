using System.Text;
using System.Text.RegularExpressions;

namespace ActorStack.Transport.Tests.Conformance;

/// <summary>The README's table of RFCs, with the sections that tests name by <c>[Rfc(...)]</c>.</summary>
internal static partial class ConformanceTable
{
    /// <summary>What is here of an RFC; each has a test, and each RFC that a test names is here.</summary>
    private static readonly SortedDictionary<int, string> Implemented = new()
    {
        [791] = "IPv4; reassembly bounded in bytes, for each source network too, and in time",
        [1122] = "hosts: ICMP errors end an open; echo answered, limited by rate",
        [1191] = "path MTU discovery, cached by destination; a larger one is tried after ten minutes",
        [1337] = "a RST does not end TIME-WAIT",
        [1858] = "tiny first fragments refused",
        [2018] = "selective acknowledgments, also of a peer that takes them back",
        [2525] = "data left unread at a close is answered by a RST",
        [2883] = "duplicates reported and understood (DSACK)",
        [3042] = "limited transmit",
        [3168] = "ECN, accepted by default and asked for where configured",
        [3465] = "bytes, not acknowledgments, are counted",
        [3522] = "spurious recoveries found by timestamps (Eifel)",
        [4022] = "counters under the names of the TCP-MIB, beside Linux's",
        [4821] = "path MTU by probing; a black hole is found after two timeouts (Linux: four)",
        [4987] = "SYN cookies with options in the timestamp; half-open connections bounded per source and in all",
        [5461] = "unreachable destinations end an open",
        [5482] = "user timeout, also of closed windows (the option itself is not sent)",
        [5681] = "Reno; delayed acknowledgments, none delayed at the start",
        [5682] = "F-RTO, with SACK and without",
        [5722] = "overlapping fragments end their packet",
        [5927] = "ICMP believed where it quotes an outstanding number; hard errors soft once synchronized",
        [5961] = "challenge ACKs for RST, SYN and ACK, limited for each connection (500 ms) and in all",
        [6056] = "random ephemeral ports",
        [6093] = "urgent data in line",
        [6191] = "a newer SYN takes over TIME-WAIT, a record of under 100 bytes",
        [6298] = "retransmission timeout",
        [6528] = "keyed initial sequence numbers",
        [6582] = "NewReno for peers without SACK",
        [6675] = "SACK scoreboard with bounded work",
        [6928] = "initial window of ten segments",
        [7323] = "window scale, timestamps, PAWS",
        [7413] = "Fast Open, server and client, off by default",
        [7661] = "validation of the congestion window; in slow start it grows to twice what was outstanding at most",
        [8200] = "IPv6, extension headers, reassembly",
        [8201] = "path MTU discovery over IPv6",
        [8511] = "a gentler reduction by ECN",
        [8899] = "three probes of a size before it is given up",
        [8985] = "RACK with a reordering window that adapts; tail loss probes",
        [9040] = "what one connection learned of round trip and path MTU serves the next, whichever end opens it",
        [9293] = "segment arrival whole, states, windows, Nagle, keepalive, probes of closed windows",
        [9406] = "HyStart++",
        [9438] = "CUBIC, the default",
        [9937] = "proportional rate reduction",
    };

    [GeneratedRegex("""^\s*\[Rfc\((?<number>\d+)(?:, "(?<section>[\d.]+)")+\)\]\s*$""", RegexOptions.Multiline)]
    private static partial Regex Attribute { get; }

    /// <param name="tests">The directory of all test projects.</param>
    public static string Make(string tests)
    {
        var named = Directory.EnumerateFiles(tests, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Attribute.Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups["section"].Captures.Select(
                section => (Number: int.Parse(match.Groups["number"].Value), Section: section.Value)))
            .ToLookup(one => one.Number, one => one.Section);
        Assert.Empty(named.Select(one => one.Key).Except(Implemented.Keys));
        var table = new StringBuilder("| RFC | | sections that tests name | tests |\n| --- | --- | --- | --- |\n");
        foreach (var (number, what) in Implemented)
        {
            Assert.True(named.Contains(number), $"no test names RFC {number}");
            var sections = named[number].Distinct().OrderBy(section => section, Comparer<string>.Create(CompareSections));
            table.Append($"| {number} | {what} | {string.Join(", ", sections)} | {named[number].Count()} |\n");
        }

        return table.ToString();
    }

    private static int CompareSections(string left, string right)
    {
        var (lefts, rights) = (left.Split('.'), right.Split('.'));
        return lefts.Zip(rights).Select(pair => int.Parse(pair.First).CompareTo(int.Parse(pair.Second)))
            .Append(lefts.Length.CompareTo(rights.Length)).FirstOrDefault(order => order != 0);
    }
}
