using System.Globalization;
using System.Runtime.CompilerServices;

namespace ActorStack.Transport.Tests.Netsim;

/// <summary>
/// Goodput in Mbit/s by scenario and algorithm, as it was when somebody last looked at it: <c>golden.tsv</c>. The simulation is
/// exact, but a change of one segment's time changes the luck of all that follow: what differs by less than
/// <see cref="Tolerance"/> says nothing. To write the file anew: <c>ACTORSTACK_GOLDEN=write ./actorstack test --filter
/// FullyQualifiedName~Netsim</c>
/// </summary>
internal static class NetsimGolden
{
    /// <summary>Over 20 s with some 100 losses, seeds differ by so much.</summary>
    public const double Tolerance = 0.15;

    private static readonly Lock Gate = new();

    public static bool IsWriting { get; } = Environment.GetEnvironmentVariable("ACTORSTACK_GOLDEN") == "write";

    public static double? Find(string scenario, string algorithm) =>
        Read().TryGetValue((scenario, algorithm), out var value) ? value : null;

    public static void Write(string scenario, string algorithm, double value)
    {
        lock (Gate)
        {
            var values = Read();
            values[(scenario, algorithm)] = value;
            File.WriteAllLines(Path(), values.Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"{one.Key.Scenario}\t{one.Key.Algorithm}\t{one.Value:0.000}")));
        }
    }

    private static SortedDictionary<(string Scenario, string Algorithm), double> Read()
    {
        var values = new SortedDictionary<(string, string), double>();
        if (!File.Exists(Path())) return values;
        foreach (var line in File.ReadAllLines(Path()))
        {
            var cells = line.Split('\t');
            values[(cells[0], cells[1])] = double.Parse(cells[2], CultureInfo.InvariantCulture);
        }

        return values;
    }

    private static string Path([CallerFilePath] string source = "") =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(source)!, "golden.tsv");
}
