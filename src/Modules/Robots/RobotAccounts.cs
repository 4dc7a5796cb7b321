using System.Security.Cryptography;
using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Modules.Identity;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Robots;

/// <summary>Makes, changes and deletes robot accounts.</summary>
internal sealed class RobotAccounts(Database database, ChangeFeed feed, Settings settings)
{
    private const int SecretLength = 32;
    private const string SecretCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The robot, before anybody was let at it.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>.</exception>
    public async Task<Robot> GetAsync(long id, CancellationToken ct)
    {
        await using var command = database.Command($"SELECT {Robot.Columns} FROM robot WHERE id = $1").With(id);
        return await command.FindAsync(Robot.Read, ct) ?? throw RobotErrors.NotFound(id);
    }

    /// <returns>The new robot and its secret, which is kept nowhere.</returns>
    /// <exception cref="Oci.RegistryException">
    /// <c>CONFLICT</c>: the name is taken. <c>NOT_FOUND</c>: a project that it names is not there. <c>BAD_REQUEST</c>: a namespace at fault.
    /// </exception>
    public async Task<(Robot Robot, string Secret)> AddAsync(RobotPlace place, RobotSpec wanted, SecurityContext creator, CancellationToken ct)
    {
        var (creatorType, creatorId) = creator is RobotContext robot
            ? ("robot", robot.RobotId)
            : ("local", creator.UserId ?? throw AccessErrors.Refused(creator));
        var name = RobotName.Full(place.Project?.Name, wanted.Name);
        var secret = Draw();
        var hash = PasswordHash.CreateForMachine(secret);
        var prefix = await settings.GetAsync(KnownSettings.RobotNamePrefix, ct);
        var made = await database.TransactAsync(async tx =>
        {
            var grants = await RobotGrants.HoldAsync(tx, wanted.Permissions);
            if (place.Project is { } project && grants[0].ProjectId != project.Id)
            {
                throw RobotErrors.ProjectNotFound(project.Name);   // deleted, and made again, since the caller was let in
            }

            // Of several that want one name, each waits here for the one before, and then finds it taken.
            var added = await tx.ListAsync($"""
                INSERT INTO robot (name, project_id, description, secret_hash, secret_salt, duration, expires_at, creator_type, creator_ref, creation_time, update_time)
                VALUES ($1, $2, $3, $4, $5, $6, CASE $6 WHEN {RobotSpec.Forever} THEN -1 ELSE floor(extract(epoch FROM harbor_now()))::bigint + $6 * 86400 END,
                    $7, $8, harbor_now(), harbor_now())
                ON CONFLICT (name) DO NOTHING RETURNING {Robot.Columns}
                """, Robot.Read, name, place.Project?.Id, wanted.Description, hash.Hex, hash.Salt, wanted.Duration, creatorType, creatorId);
            var robot = added is [var one] ? one : throw RobotErrors.AlreadyExists(name);
            await RobotGrants.AddAsync(tx, robot.Id, grants);
            await tx.PublishAsync(new RobotCreated(robot.Id, robot.LoginName(prefix), robot.ProjectId, creator.RecordedName));
            return robot;
        }, ct);
        return (made, secret);
    }

    /// <summary>Gives the robot what is wanted in place of what it has. Its secret stays.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: it, or a project that it names, is not there. <c>BAD_REQUEST</c>: a namespace at fault.</exception>
    public Task UpdateAsync(RobotScope robot, RobotSpec wanted, CancellationToken ct) => ChangeAsync(robot, async tx =>
    {
        var grants = await RobotGrants.HoldAsync(tx, wanted.Permissions);
        var changed = await tx.ExecuteAsync($"""
            UPDATE robot SET description = $2, disabled = $3, duration = coalesce($4, duration), update_time = harbor_now(),
                expires_at = CASE
                    WHEN coalesce($4, duration) = duration THEN expires_at
                    WHEN $4 = {RobotSpec.Forever} THEN -1
                    ELSE floor(extract(epoch FROM creation_time))::bigint + $4 * 86400 END
            WHERE id = $1
            """, robot.Id, wanted.Description, wanted.Disabled, wanted.Duration);
        if (changed > 0)
        {
            await RobotGrants.RemoveAsync(tx, robot.Id);
            await RobotGrants.AddAsync(tx, robot.Id, grants);
        }

        return changed;
    }, ct);

    /// <param name="given">The secret that it shall have; null draws one.</param>
    /// <returns>The secret drawn; null when one was given.</returns>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: not a good secret. <c>NOT_FOUND</c>.</exception>
    public async Task<string?> SetSecretAsync(RobotScope robot, string? given, CancellationToken ct)
    {
        if (given is not null)
        {
            PasswordRule.Check(given);
        }

        var secret = given ?? Draw();
        var hash = PasswordHash.CreateForMachine(secret);
        await ChangeAsync(robot, tx => tx.ExecuteAsync(
            "UPDATE robot SET secret_hash = $2, secret_salt = $3, update_time = harbor_now() WHERE id = $1", robot.Id, hash.Hex, hash.Salt), ct);
        return given is null ? secret : null;
    }

    /// <summary>Deletes the robot. Robots that it made stay.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: deleted meanwhile.</exception>
    public async Task DeleteAsync(RobotScope robot, SecurityContext by, CancellationToken ct)
    {
        var name = robot.Robot.LoginName(await settings.GetAsync(KnownSettings.RobotNamePrefix, ct));
        await ChangeAsync(robot, async tx =>
        {
            var deleted = await tx.ExecuteAsync("DELETE FROM robot WHERE id = $1", robot.Id);
            if (deleted > 0)
            {
                await tx.PublishAsync(new RobotDeleted(robot.Id, name, robot.Robot.ProjectId, by.RecordedName));
            }

            return deleted;
        }, ct);
    }

    private async Task ChangeAsync(RobotScope robot, Func<Transaction, Task<int>> change, CancellationToken ct)
    {
        var key = RobotDirectory.Key(robot.Robot.FullName);
        await database.TransactAsync(async tx =>
        {
            if (await change(tx) == 0)
            {
                throw RobotErrors.NotFound(robot.Id);
            }

            await tx.EvictAsync(key);
        }, ct);
        feed.EvictLocally(key);
    }

    private static string Draw()
    {
        while (true)
        {
            var secret = RandomNumberGenerator.GetString(SecretCharacters, SecretLength);
            if (PasswordRule.Holds(secret))
            {
                return secret;
            }
        }
    }
}
