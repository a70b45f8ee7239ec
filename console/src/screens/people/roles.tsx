import { Check, Plus } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Choices } from '../../parts/choices.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { partWords } from '../../parts/words.ts';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Role, useRoles } from './reach.ts';
import { peopleWords } from './words.ts';

type Allowed = ReturnType<typeof useRoles>['permissions'][number];

const touches = ['GET /api/v1/roles', 'GET /api/v1/auth/me'] as const;

/** The workspace's own roles, and what each role may do. */
export default function Roles() {
  const words = useWords(peopleWords);
  const parts = useWords(partWords);
  const manages = useMay('roles:manage');
  const roles = useRoles();
  const [form, setForm] = useState<Role | 'new'>();
  const [removing, setRemoving] = useState<Role>();
  const remove = useChange((name: string) => call('DELETE /api/v1/roles/{name}', { path: { name } }), touches);
  const own = roles.all.filter(({ builtIn }) => !builtIn);
  return (
    <Surface read={roles.read}>
      <Sections wide>
        <Section
          title={words.ownRoles}
          actions={
            manages && (
              <Button kind="primary" icon={Plus} onClick={() => setForm('new')}>
                {words.defineRole}
              </Button>
            )
          }
        >
          {own.length === 0 ? (
            <p className="quiet">{words.noOwnRole}</p>
          ) : (
            <PlainTable
              label={words.ownRoles}
              rows={own}
              keyOf={({ name }) => name}
              columns={[
                { title: words.role, cell: ({ name }) => name },
                { title: words.about, long: true, cell: ({ description }) => description },
                { title: words.permissions, figure: true, cell: ({ permissions }) => count(permissions.length) },
                ...(manages
                  ? [
                      {
                        title: words.act,
                        figure: true,
                        cell: (role: Role) =>
                          roles.covers(role.permissions) && (
                            <span className="people-acts">
                              <Button onClick={() => setForm(role)} aria-label={words.changeNamed(role.name)}>
                                {words.change}
                              </Button>
                              <Button kind="danger" onClick={() => setRemoving(role)} aria-label={words.removeRoleNamed(role.name)}>
                                {words.removeRole}
                              </Button>
                            </span>
                          ),
                      },
                    ]
                  : []),
              ]}
            />
          )}
        </Section>
        <Section title={words.matrix}>
          <PlainTable
            label={words.matrix}
            rows={roles.permissions}
            keyOf={({ name }) => name}
            columns={[
              { title: words.permission, cell: ({ name, description }: Allowed) => <code title={description}>{name}</code> },
              ...roles.all.map((role) => ({
                title: role.name,
                cell: ({ name }: Allowed) =>
                  role.permissions.includes(name) ? (
                    <span className="people-yes">
                      <Check size={16} aria-hidden="true" />
                      <span className="only-read">{parts.yes}</span>
                    </span>
                  ) : (
                    <span className="only-read">{parts.no}</span>
                  ),
              })),
            ]}
          />
        </Section>
      </Sections>
      {form !== undefined && <RoleForm role={form === 'new' ? undefined : form} onClose={() => setForm(undefined)} />}
      {removing !== undefined && (
        <Confirm
          title={words.removeRoleNamed(removing.name)}
          what={words.removeRoleWhat}
          verb={words.removeRole}
          danger
          name={removing.name}
          act={() => remove.mutateAsync(removing.name)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Surface>
  );
}

function RoleForm({ role, onClose }: { role: Role | undefined; onClose(): void }) {
  const words = useWords(peopleWords);
  const { permissions, covers } = useRoles();
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [chosen, setChosen] = useState<readonly string[]>(role?.permissions ?? []);
  const define = useChange(
    () => call('PUT /api/v1/roles/{name}', { path: { name }, body: { description, permissions: [...chosen] } }),
    touches,
  );
  return (
    <FormDialog
      title={role === undefined ? words.defineRole : words.changeNamed(role.name)}
      verb={words.save}
      ready={name !== ''}
      wide
      act={() => define.mutateAsync(undefined)}
      onClose={onClose}
    >
      {role !== undefined && <p>{words.changeRoleWhat}</p>}
      <Field label={words.name} hint={words.roleNameHint}>
        <input
          required
          pattern="[a-z][a-z0-9\-]*"
          maxLength={63}
          value={name}
          disabled={role !== undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label={words.about}>
        <input maxLength={200} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Field>
      <Choices
        label={words.permissions}
        hint={words.ownPermissionsOnly}
        choices={permissions.map((each) => ({
          value: each.name,
          label: each.name,
          about: each.description,
          disabled: !covers([each.name]),
        }))}
        chosen={chosen}
        onChange={setChosen}
      />
    </FormDialog>
  );
}
