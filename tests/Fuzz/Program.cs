using ActorStack.Fuzz;
using SharpFuzz;

// fuzz TARGET             under afl-fuzz: inputs on standard input, one after the other (see tests/Fuzz/run)
// fuzz TARGET FILE...     runs each file; the first finding ends it
// fuzz TARGET --seeds DIR writes inputs to begin with
// fuzz TARGET --campaign SEED COUNT  random inputs without coverage
if (args.Length == 0 || !FuzzTargets.All.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine(
        $"usage: fuzz TARGET [FILE... | --seeds DIRECTORY]; targets: {string.Join(", ", FuzzTargets.All.Keys)}");
    return 2;
}

if (args.Length == 1)
{
    Fuzzer.Run(stream =>
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        target(bytes.ToArray());
    });
    return 0;
}

if (args[1] == "--seeds")
{
    Seeds.Write(args[0], args[2]);
    return 0;
}

if (args[1] == "--campaign")
{
    new Campaign(int.Parse(args[2]), []).Run(target, int.Parse(args[3]));
    return 0;
}

foreach (var file in args[1..])
{
    Console.WriteLine(file);
    target(File.ReadAllBytes(file));
}

return 0;
